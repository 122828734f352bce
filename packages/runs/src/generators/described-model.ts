import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import {
  ConfigurationError,
  type Dimension,
  describeSpec,
  type InferenceSession,
  type ModelManifest,
  type NamedTensorSpec,
  type Port,
  type Ports,
  suggestion,
} from '@gantry/core'
import { storageError } from '@gantry/files'
import { findModality } from '@gantry/modalities'
import { parseConfig } from '@gantry/training'
import { z } from 'zod'

const port = z.strictObject({
  modality: z.string().min(1),
  range: z.tuple([z.number(), z.number()]).optional(),
  names: z.array(z.string()).optional(),
  field: z.string().optional(),
  drawn: z.enum(['normal', 'uniform']).optional(),
  otherwise: z.number().optional(),
  /** Of an image: where the file has its channels. */
  channels: z.enum(['first', 'last']).default('last'),
})

/** What stands in the manifest of a model whose data nobody knows. */
export const UNKNOWN_DATASET = 'unknown'

const description = z.strictObject({
  variant: z.string().min(1).optional(),
  dataset: z.string().min(1).default(UNKNOWN_DATASET),
  inputs: z.record(z.string(), port),
  outputs: z.record(z.string(), port),
})

/** What the file has otherwise than our own: by the name of an input or output. */
export type ChannelLayouts = Readonly<Record<string, 'first' | 'last'>>

/**
 * Reads a description of an ONNX model that somebody else wrote: a JSON file with the ports of its inputs and outputs. Shapes and
 * dtypes are the model's own.
 *
 * ```json
 * {
 *   "inputs": { "z": { "modality": "latent", "drawn": "normal" } },
 *   "outputs": { "image": { "modality": "image", "range": [0, 1], "channels": "first" } }
 * }
 * ```
 *
 * Images whose channels come first ([batch, channels, height, width], as PyTorch has them) are turned where they enter and leave.
 * An input that nothing is said of is drawn from a standard normal where it holds floats.
 *
 * @throws ConfigurationError `DESCRIPTION_INVALID`, `OPTION_INVALID`, `PORT_UNKNOWN` with the nearest name, `PORT_MISSING`,
 * `MODALITY_UNKNOWN`; StorageError
 */
export async function describedModel(
  path: string,
  session: Pick<InferenceSession, 'inputs' | 'outputs'>,
  file: string,
): Promise<{ readonly manifest: ModelManifest; readonly layouts: ChannelLayouts }> {
  const { variant = basename(path), dataset, ...ports } = parseConfig(description, await readJson(file), file)
  const inputs = describePorts(path, 'input', session.inputs, ports.inputs)
  const outputs = describePorts(path, 'output', session.outputs, ports.outputs)
  const missing = Object.entries(inputs).find(([, each]) => each === undefined)?.[0]
  if (missing !== undefined) {
    throw new ConfigurationError({
      code: 'PORT_MISSING',
      message: `${file} says nothing of the input '${missing}' of ${path}.`,
      fix: `Add it: "inputs": { "${missing}": { "modality": "label" } }.`,
    })
  }
  const layouts = Object.entries({ ...ports.inputs, ...ports.outputs }).map(([name, { channels }]) => [name, channels])
  const manifest: ModelManifest = {
    manifestVersion: 2,
    gantryVersion: 'none',
    variant,
    dataset,
    function: 'generate',
    weights: 'raw',
    inputs: inputs as Ports,
    outputs: Object.fromEntries(Object.keys(ports.outputs).map((name) => [name, outputs[name]!])),
    trainingStep: 0,
    origin: basename(path),
    weightsHash: 'unknown',
    parityError: 0,
    batchSizesChecked: [],
  }
  return { manifest, layouts: Object.fromEntries(layouts) }
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw storageError('read', file, cause)
  })
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ConfigurationError({
      code: 'DESCRIPTION_INVALID',
      message: `${file} is not JSON: ${(cause as Error).message}.`,
      cause,
    })
  }
}

function describePorts(
  path: string,
  kind: 'input' | 'output',
  specs: readonly NamedTensorSpec[],
  described: Readonly<Record<string, z.output<typeof port>>>,
): Record<string, Port | undefined> {
  const names = specs.map(({ name }) => name)
  const unknown = Object.keys(described).find((name) => !names.includes(name))
  if (unknown !== undefined) {
    throw new ConfigurationError({
      code: 'PORT_UNKNOWN',
      message: `The model ${path} has no ${kind} '${unknown}'; it has ${specs.map((spec) => `${spec.name} ${describeSpec(spec)}`).join(', ')}.`,
      fix: suggestion(unknown, names),
    })
  }
  return Object.fromEntries(specs.map((spec) => [spec.name, portOf(spec, described[spec.name])]))
}

function portOf({ dtype, shape }: NamedTensorSpec, described: z.output<typeof port> | undefined): Port | undefined {
  const [, ...element] = shape
  if (described === undefined) {
    return dtype === 'float32' ? { modality: 'noise', dtype, shape: element, drawn: 'normal' } : undefined
  }
  const { channels, ...own } = described
  findModality(own.modality)
  const [first, ...rest] = element
  const turned: readonly Dimension[] = channels === 'first' && first !== undefined ? [...rest, first] : element
  return { ...withoutUndefined(own), dtype, shape: turned, ...drawnByDefault(own) }
}

/** Latent vectors and noise are standard normal unless something else is said. */
function drawnByDefault({ modality, drawn }: { modality: string; drawn?: Port['drawn'] | undefined }) {
  const draws = drawn === undefined && (modality === 'latent' || modality === 'noise')
  return draws ? { drawn: 'normal' as const } : {}
}

function withoutUndefined<Values extends object>(
  values: Values,
): { [Key in keyof Values]: Exclude<Values[Key], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never
}

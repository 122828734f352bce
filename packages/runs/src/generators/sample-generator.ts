import { statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { ConfigurationError } from '@gantry/core'
import { writeFileAtomically } from '@gantry/files'
import { type Artefact, besideOf, partsOf, portsFromData } from '@gantry/modalities'
import { type Arrays, type GenerateOptions, generate, generateBatches } from '@gantry/training'
import { makeFolder } from '../make-folder.ts'
import type { LoadedGenerator } from './load-generator.ts'
import { dataForInputs, realSamples } from './real-samples.ts'

export interface SampleRequest extends Omit<GenerateOptions, 'batchSize'> {
  /** A file with all samples, or a folder (ending in a slash, or there already) with a file for each. */
  readonly out: string
  /** Names of the files in a folder, without their extension; default: their numbers. */
  readonly names?: readonly string[]
  /** Samples in a row of one picture of them all. */
  readonly columns?: number
}

/**
 * Generates samples and writes them as their modality shows them. Inputs that take what the data have get it from those of the
 * generator's run.
 *
 * @throws ConfigurationError `OUT_INVALID` for a file of another kind than the samples are shown as; what `generate` throws;
 * StorageError
 *
 * @example
 * ```ts
 * await writeSamples(await loadGenerator('runs/mine'), { seed: 0, count: 64, out: 'grid.png' })
 * ```
 */
export async function writeSamples(
  generator: LoadedGenerator,
  { out, names, columns, ...request }: SampleRequest,
): Promise<void> {
  const data = request.data ?? (await dataForInputs(generator, request))
  const options = { ...request, data }
  if (isFolder(out)) return writeFolder(generator, options, out, names)
  const { evaluate, manifest } = generator
  const { inputs, outputs } = await generate(evaluate, manifest.inputs, options)
  const artefact = await showAll(generator, { inputs, outputs, data }, columns)
  if (extname(out).toLowerCase() !== `.${artefact.extension}`) {
    throw new ConfigurationError({
      code: 'OUT_INVALID',
      message: `--out is a file that ends in .${artefact.extension}, or a folder that ends in /, not '${out}'.`,
    })
  }
  await writeFileAtomically(out, artefact.bytes)
}

interface Made {
  readonly inputs: Arrays
  readonly outputs: Arrays
  /** What inputs took from the data, and the other fields of the same elements. */
  readonly data: Arrays
}

/** The first thing that the function makes, of all samples; real ones lie beside it where the generator's run can be asked. */
async function showAll(
  { manifest, run }: LoadedGenerator,
  { inputs, outputs, data }: Made,
  columns: number | undefined,
): Promise<Artefact> {
  const [{ modality, parts } = nothingShown(manifest.variant)] = partsOf(manifest.outputs, outputs)
  if (modality.show === undefined) throw notShown(modality.name)
  const drawn = Object.keys(data).length === 0
  const real = drawn && run && modality.beside !== undefined ? await realSamples(run, modality.beside) : data
  const beside = besideOf(parts, { given: portsFromData(manifest.inputs), inputs, real })
  return modality.show(parts, beside, columns === undefined ? {} : { columns })
}

async function writeFolder(
  { evaluate, manifest }: LoadedGenerator,
  options: GenerateOptions,
  out: string,
  names: readonly string[] | undefined,
): Promise<void> {
  // Before anything is made: what cannot be shown one by one has no folder.
  const [first] = Object.entries(manifest.outputs)
  const probe = partsOf(manifest.outputs, {})[0]
  if (probe?.modality.showOne === undefined) throw notOneByOne(first?.[1].modality ?? 'nothing', out)
  await makeFolder(out)
  for await (const { from, outputs } of generateBatches(evaluate, manifest.inputs, options)) {
    const [{ modality, parts } = nothingShown(manifest.variant)] = partsOf(manifest.outputs, outputs)
    const count = Object.values(outputs)[0]?.shape[0] ?? 0
    for (let index = 0; index < count; index++) {
      const { extension, bytes } = await modality.showOne!(parts, index)
      const name = names?.[from + index] ?? String(from + index).padStart(6, '0')
      await writeFileAtomically(join(out, `${name}.${extension}`), bytes)
    }
  }
}

/** `folder/`, or a folder that is there. */
function isFolder(out: string): boolean {
  return /[\\/]$/.test(out) || statSync(out, { throwIfNoEntry: false })?.isDirectory() === true
}

function nothingShown(variant: string): never {
  throw new ConfigurationError({ code: 'OUTPUT_MISSING', message: `The function of ${variant} has no outputs.` })
}

function notShown(modality: string): ConfigurationError {
  return new ConfigurationError({
    code: 'MODALITY_UNSEEN',
    message: `The modality '${modality}' cannot be shown.`,
    fix: 'Read the numbers from the model itself.',
  })
}

function notOneByOne(modality: string, out: string): ConfigurationError {
  return new ConfigurationError({
    code: 'OUT_INVALID',
    message: `Samples of the modality '${modality}' are drawn into one picture, but --out ${out} is a folder.`,
    fix: 'Name a file, such as points.png.',
  })
}

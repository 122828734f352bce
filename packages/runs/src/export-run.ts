import { basename, join, resolve } from 'node:path'
import { exportFunction } from '@gantry/compiler'
import { counted, findFunction, MANIFEST_KEY, type ModelManifest, rawFunction, type State } from '@gantry/core'
import { writeOutput } from '@gantry/files'
import { wayBack } from '@gantry/modalities'
import { decodeModel, encodeModel } from '@gantry/onnx'
import type { RunConfig } from '@gantry/training'
import { findVariant, type GanModel } from '@gantry/variants'
import { type BetweenRuns, openCheckpoint } from './open-checkpoint.ts'
import type { OpenedModel } from './open-stages.ts'
import { checkedBatches, measureParity } from './parity.ts'
import type { RunData } from './run-data.ts'
import type { RunFolder } from './run-folder.ts'
import { hashState } from './state-hash.ts'
import { prepareTensorflow } from './tensorflow.ts'
import { gantryVersion } from './version.ts'

export interface GeneratorExport {
  readonly path: string
  readonly manifest: ModelManifest
}

/** A model that can be exported: its functions, and a session that evaluates them. */
export interface ExportableRun extends OpenedModel {
  readonly config: RunConfig
  readonly data: Pick<RunData, 'name'>
  /** Whose networks it began with: see `RunFolder.origin`. */
  readonly origin?: string | undefined
}

export interface ExportRequest {
  readonly state: State
  readonly step: number
  readonly weights: 'ema' | 'raw'
  readonly path: string
  /** Which function; default: the first that the model shows. */
  readonly functionName?: string
  /** Where weights lie between those of another run and this one's. */
  readonly between?: BetweenRuns | undefined
}

/**
 * Writes a function of a model as an ONNX model with its manifest, after comparing what it makes with what the session does.
 *
 * @throws TrainingError `EXPORT_DIFFERS` or `SAMPLES_NOT_FINITE`, ConfigurationError `FUNCTION_UNKNOWN`, StorageError
 */
export async function exportOpened(run: ExportableRun, request: ExportRequest): Promise<GeneratorExport> {
  const { model, session, data, config, origin } = run
  const { title, paper } = findVariant(config.variant)
  const { between } = request
  const name = request.functionName ?? model.shown[0]!
  const asked = findFunction(model, name)
  const fn = request.weights === 'ema' || asked.weights === 'raw' ? asked : findFunction(model, rawFunction(name))
  await assignVariables(model.variables, request.state)
  const { bytes, inputs, outputs } = await exportFunction(fn, {
    variables: model.variables,
    name: `${config.variant}-${name === 'generate' ? 'generator' : name}`,
    documentation: `${title} ${learntFrom(data.name, request.step, origin)} (${paper.authors} ${paper.year}, ${paper.url})${between ? `; ${between.share} of it, and the rest of ${between.run}` : ''}`,
  })
  const decoded = decodeModel(bytes)
  const batches = checkedBatches({ ...inputs, ...outputs })
  const inverse = wayBack(asked, model.functions)
  const manifest: ModelManifest = {
    manifestVersion: 2,
    gantryVersion,
    variant: config.variant,
    dataset: data.name,
    function: name,
    ...(inverse && { inverse: inverse.name }),
    weights: fn.weights,
    inputs,
    outputs,
    trainingStep: request.step,
    ...(origin !== undefined && { origin }),
    ...(between && { interpolated: { other: basename(resolve(between.run)), share: between.share } }),
    weightsHash: hashState(Object.fromEntries(decoded.graph.initializers)),
    parityError: await measureParity({ session, fn, ports: inputs, bytes, batches, seed: config.seed }),
    batchSizesChecked: batches,
  }
  const metadata = { ...decoded.metadata, [MANIFEST_KEY]: JSON.stringify(manifest) }
  await writeOutput(request.path, encodeModel({ ...decoded, metadata }))
  return { path: request.path, manifest }
}

function learntFrom(data: string, step: number, origin: string | undefined): string {
  if (origin === undefined) return `trained on ${data} for ${counted(step, 'step')}`
  return `with the weights of ${origin}${step > 0 ? `, trained on ${data} for ${counted(step, 'step')} from there` : ''}`
}

export interface ExportRunOptions {
  readonly weights?: 'ema' | 'raw'
  /** Default: `generator.onnx` in the run's folder; of a function that is asked for and not the one shown first, `NAME.onnx`. */
  readonly path?: string
  readonly functionName?: string
  /** Weights between those of another run and this one's, at its `share`: see `interpolated`. Its own file: `interpolated.onnx`. */
  readonly between?: BetweenRuns
  /** Told what a person should know, such as a checkpoint that is damaged. */
  readonly onNote?: (text: string) => void
}

/**
 * Exports a function of a run's newest checkpoint that can be read.
 *
 * @throws as {@link openCheckpoint} and {@link exportOpened}; ConfigurationError `INTERPOLATION_INVALID`
 */
export async function exportRun(
  folder: RunFolder,
  { weights = 'ema', path, functionName, between, onNote = () => {} }: ExportRunOptions = {},
): Promise<GeneratorExport> {
  const opened = await openCheckpoint(folder, { onNote, ...(between && { between }) })
  try {
    const name = functionName ?? opened.model.shown[0]!
    const { state, step } = opened
    const file = between ? join(folder.path, 'interpolated.onnx') : folder.exportPath(name, opened.model.shown)
    return await exportOpened(opened, {
      ...{ state, step, weights, path: path ?? file, functionName: name, between },
    })
  } finally {
    await opened.dispose()
  }
}

/** Exporting reads TF.js's variables, which a session on another engine does not keep up to date. */
export async function assignVariables(variables: GanModel['variables'], state: State): Promise<void> {
  const tf = await prepareTensorflow()
  for (const [name, variable] of Object.entries(variables)) {
    const { data, shape } = state[name]!
    const value = tf.tensor(data as Float32Array, [...shape], variable.dtype)
    variable.assign(value)
    value.dispose()
  }
}

import { exportFunction } from '@gantry/compiler'
import {
  ConfigurationError,
  counted,
  findFunction,
  MANIFEST_KEY,
  type ModelManifest,
  rawFunction,
  type State,
} from '@gantry/core'
import { openDataset } from '@gantry/datasets'
import { writeOutput } from '@gantry/files'
import { wayBack } from '@gantry/modalities'
import { decodeModel, encodeModel } from '@gantry/onnx'
import { checkFrozen, type RunConfig } from '@gantry/training'
import { bindFields, findVariant, type GanModel } from '@gantry/variants'
import { findEngine } from './engines/registry.ts'
import { buildRequest, type OpenedModel, openModel } from './open-stages.ts'
import { checkedBatches, measureParity } from './parity.ts'
import { boundFieldsOf, describeData, type RunData } from './run-data.ts'
import type { RunFolder } from './run-folder.ts'
import { hashState } from './state-hash.ts'
import { prepareTensorflow } from './tensorflow.ts'
import { describeReached } from './unfinished-stages.ts'
import { gantryVersion } from './version.ts'

export interface GeneratorExport {
  readonly path: string
  readonly manifest: ModelManifest
}

/** A model that can be exported: its functions, and a session that evaluates them. */
export interface ExportableRun extends OpenedModel {
  readonly config: RunConfig
  readonly data: Pick<RunData, 'name'>
}

export interface ExportRequest {
  readonly state: State
  readonly step: number
  readonly weights: 'ema' | 'raw'
  readonly path: string
  /** Which function; default: the first that the model shows. */
  readonly functionName?: string
}

/**
 * Writes a function of a model as an ONNX model with its manifest, after comparing what it makes with what the session does.
 *
 * @throws TrainingError `EXPORT_DIFFERS` or `SAMPLES_NOT_FINITE`, ConfigurationError `FUNCTION_UNKNOWN`, StorageError
 */
export async function exportOpened(run: ExportableRun, request: ExportRequest): Promise<GeneratorExport> {
  const { model, session, data, config } = run
  const { title, paper } = findVariant(config.variant)
  const name = request.functionName ?? model.shown[0]!
  const asked = findFunction(model, name)
  const fn = request.weights === 'ema' || asked.weights === 'raw' ? asked : findFunction(model, rawFunction(name))
  await assignVariables(model.variables, request.state)
  const { bytes, inputs, outputs } = await exportFunction(fn, {
    variables: model.variables,
    name: `${config.variant}-${name === 'generate' ? 'generator' : name}`,
    documentation: `${title} trained on ${data.name} for ${counted(request.step, 'step')} (${paper.authors} ${paper.year}, ${paper.url})`,
  })
  const decoded = decodeModel(bytes)
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
    weightsHash: hashState(Object.fromEntries(decoded.graph.initializers)),
    parityError: await measureParity({ session, fn, ports: inputs, bytes, seed: config.seed }),
    batchSizesChecked: checkedBatches,
  }
  const metadata = { ...decoded.metadata, [MANIFEST_KEY]: JSON.stringify(manifest) }
  await writeOutput(request.path, encodeModel({ ...decoded, metadata }))
  return { path: request.path, manifest }
}

export interface ExportRunOptions {
  readonly weights?: 'ema' | 'raw'
  /** Default: `generator.onnx` in the run's folder; of a function that is asked for and not the one shown first, `NAME.onnx`. */
  readonly path?: string
  readonly functionName?: string
  /** Told what a person should know, such as a checkpoint that is damaged. */
  readonly onNote?: (text: string) => void
}

/**
 * Exports a function of a run's newest checkpoint that can be read. Needs neither its data nor its phases: the run's folder knows
 * its fields. (Runs that were begun before it did are opened with their data.)
 *
 * @throws ConfigurationError `CHECKPOINT_MISSING`; ModelFormatError `FROZEN_MISMATCH`; those of {@link exportOpened}
 */
export async function exportRun(
  folder: RunFolder,
  { weights = 'ema', path, functionName, onNote = () => {} }: ExportRunOptions = {},
): Promise<GeneratorExport> {
  const checkpoint = await folder.checkpoints.newest((_, { message }) => onNote(`${message} Taking the one before it.`))
  if (checkpoint === undefined) {
    throw new ConfigurationError({
      code: 'CHECKPOINT_MISSING',
      message: `${folder.path} has no checkpoint yet.`,
      fix: "Continue the run with 'gantry train … --resume'.",
    })
  }
  const { state, stage, position, frozen } = checkpoint
  const data = folder.data ?? (await dataOf(folder.config))
  const opened = await openFunctions(folder.config, data, stage)
  const { model, session } = opened
  if (opened.note !== undefined) onNote(`${opened.note}.`)
  try {
    checkFrozen(checkpoint, model.frozen ?? {})
    const all = frozen === undefined ? state : { ...(await session.readState(Object.keys(frozen))), ...state }
    await session.writeState(all)
    const name = functionName ?? model.shown[0]!
    const request = {
      state: all,
      step: position.step,
      weights,
      path: path ?? folder.exportPath(name, model.shown),
      functionName: name,
    }
    return await exportOpened({ ...opened, config: folder.config, data }, request)
  } finally {
    await session.dispose()
    model.dispose()
  }
}

/** A run's model with its functions alone, on a device that every machine has, and what a person should know of its stage. */
async function openFunctions(config: RunConfig, data: RunData, stage: string | undefined) {
  await prepareTensorflow()
  const variant = findVariant(config.variant)
  const request = await buildRequest(config, boundFieldsOf(data))
  const plans = variant.stages?.(request) ?? []
  const plan = plans.find(({ name }) => name === stage)
  const engine = findEngine(config.engine)
  const opened: OpenedModel = await openModel(
    () => ({ ...(plan?.build() ?? variant.build(request)), phases: [] }),
    (model) => engine.prepare(model, engine.portableDevice),
  )
  return { ...opened, note: describeReached(plans, stage) }
}

/** What a run of an earlier version knew of its data: nothing, so that they are opened once more. */
async function dataOf(config: RunConfig): Promise<RunData> {
  const dataset = await openDataset(config.data, config.dataOptions)
  try {
    return describeData(dataset, bindFields(findVariant(config.variant), dataset.fields, config.bind))
  } finally {
    await dataset.dispose?.()
  }
}

/** Exporting reads TF.js's variables, which a session on another engine does not keep up to date. */
async function assignVariables(variables: GanModel['variables'], state: State): Promise<void> {
  const tf = await prepareTensorflow()
  for (const [name, variable] of Object.entries(variables)) {
    const { data, shape } = state[name]!
    const value = tf.tensor(data as Float32Array, [...shape], variable.dtype)
    variable.assign(value)
    value.dispose()
  }
}

import { ConfigurationError, type State } from '@gantry/core'
import { openDataset } from '@gantry/datasets'
import { type Checkpoint, checkFrozen, keptState, type RunConfig, type StoredCheckpoint } from '@gantry/training'
import { bindFields, findVariant } from '@gantry/variants'
import { findEngine } from './engines/registry.ts'
import type { ExportableRun } from './export-run.ts'
import { interpolated } from './interpolate.ts'
import { buildRequest, type OpenedModel, openModel } from './open-stages.ts'
import { boundFieldsOf, describeData, type RunData } from './run-data.ts'
import { RunFolder } from './run-folder.ts'
import { prepareTensorflow } from './tensorflow.ts'
import { describeReached } from './unfinished-stages.ts'

/** The functions of a run, as its newest checkpoint has them. */
export interface OpenedCheckpoint extends ExportableRun {
  readonly state: State
  readonly step: number
  readonly data: RunData
  dispose(): Promise<void>
}

/** Another run, and how much of the weights comes from the own: see {@link interpolated}. */
export interface BetweenRuns {
  readonly run: string
  readonly share: number
}

export interface OpenCheckpointOptions {
  /** Weights between those of the run and those of another. */
  readonly between?: BetweenRuns
  /** Told what a person should know, such as a checkpoint that is damaged. */
  readonly onNote?: (text: string) => void
}

/**
 * Opens a run's newest checkpoint that can be read, for its functions. Needs neither its data nor its phases: the run's folder knows
 * its fields. (Runs that were begun before it did are opened with their data.)
 *
 * @throws ConfigurationError `CHECKPOINT_MISSING`, `INTERPOLATION_INVALID`; ModelFormatError `FROZEN_MISMATCH`
 */
export async function openCheckpoint(
  folder: RunFolder,
  { between, onNote = () => {} }: OpenCheckpointOptions = {},
): Promise<OpenedCheckpoint> {
  const checkpoint = await newestCheckpoint(folder, onNote)
  const { stage, position, frozen } = checkpoint
  const own = between ? await betweenRuns(checkpoint, between, onNote) : checkpoint.state
  const data = folder.data ?? (await dataOf(folder.config))
  const opened = await openFunctions(folder.config, data, stage)
  const { model, session } = opened
  if (opened.note !== undefined) onNote(`${opened.note}.`)
  const dispose = async () => {
    await session.dispose()
    model.dispose()
  }
  try {
    checkFrozen(checkpoint, model.frozen ?? {})
    const brought = frozen === undefined ? {} : await session.readState(Object.keys(frozen))
    const state = { ...brought, ...keptState({ ...checkpoint, state: own }, model.parts) }
    await session.writeState(state)
    return { ...opened, config: folder.config, origin: folder.origin, data, state, step: position.step, dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}

type OnNote = (text: string) => void

async function newestCheckpoint({ checkpoints, path }: RunFolder, onNote: OnNote): Promise<StoredCheckpoint> {
  const checkpoint = await checkpoints.newest((_, { message }) => onNote(`${message} Taking the one before it.`))
  if (checkpoint !== undefined) return checkpoint
  throw new ConfigurationError({
    code: 'CHECKPOINT_MISSING',
    message: `${path} has no checkpoint yet.`,
    fix: "Continue the run with 'gantry train … --resume'.",
  })
}

async function betweenRuns(own: Checkpoint, { run, share }: BetweenRuns, onNote: OnNote): Promise<State> {
  return interpolated({ own, other: await newestCheckpoint(await RunFolder.open(run), onNote), share, owner: run })
}

/** A run's model with its functions alone, on a device that every machine has, and what a person should know of its stage. */
export async function openFunctions(config: RunConfig, data: RunData, stage?: string) {
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

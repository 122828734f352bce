import { ConfigurationError, type RunEvent } from '@gantry/core'
import { type Observer, startPart, type TrainingOutcome, train, usualObservers } from '@gantry/training'
import { exportOpened, type GeneratorExport } from './export-run.ts'
import type { OpenedRun } from './open-run.ts'
import type { OpenedModel } from './open-stages.ts'
import { RunFolder } from './run-folder.ts'
import { scoreObserver } from './score-observer.ts'

export interface TrainRunOptions {
  readonly signal?: AbortSignal
  /** Called after an event is in the run's log. */
  readonly onEvent?: (event: RunEvent) => void
  /** What looks at the run besides the usual log, grids and scores. */
  readonly observers?: readonly Observer[]
}

export interface TrainedRun extends TrainingOutcome {
  /** The exported function of a run that was finished. */
  readonly generator?: GeneratorExport
}

/**
 * Trains a run in its folder, from its newest checkpoint where it has one, and exports what it shows once it is finished.
 *
 * @throws what `train` throws, and `exportRun`
 */
export async function trainRun(
  folder: RunFolder,
  run: OpenedRun,
  { observers = [], ...options }: TrainRunOptions = {},
): Promise<TrainedRun> {
  const { dataset, config, stages, staged } = run
  const all = [...observersOf(run), ...observers]
  const common = { dataset, record: folder, config, observers: all, ...options }
  // A run that goes on may be in a later stage, beside which the first must not be in memory.
  if (staged && (await folder.checkpoints.list()).length > 0) await stages[0]!.close()
  const outcome = await train(staged ? { ...common, stages } : { ...common, ...(await stages[0]!.open()) })
  if (outcome.outcome !== 'finished') return outcome
  const reached = stages.find(({ name }) => name === outcome.stage) ?? stages[0]!
  const { model, session } = await reached.open()
  const state = await session.readState()
  const opened = { model, session, config, data: run.data }
  const generator = await exportOpened(opened, {
    state,
    step: outcome.step,
    weights: 'ema',
    path: folder.generatorPath,
  })
  const { parityError } = generator.manifest
  await folder
    .append({ type: 'export', step: outcome.step, path: generator.path, parityError })
    .finally(() => folder.close())
  return { ...outcome, generator }
}

/** A log, sample grids, and scores where the configuration asks for any. */
function observersOf({ dataset, config }: OpenedRun): Observer[] {
  const observers = usualObservers({ dataset, config })
  const { scoreEvery } = config
  if (scoreEvery !== undefined) observers.push(scoreObserver({ every: scoreEvery, dataset, config }))
  return observers
}

/**
 * Starts the generator of a new run where the configuration's other run (`initFrom`) has its own.
 *
 * @returns the path of the other run's checkpoint and its variant; undefined where there is no other run
 * @throws ConfigurationError `RUN_MISSING`, `CHECKPOINT_MISSING`, `INIT_MISMATCH`
 */
export async function startFromOther(
  run: OpenedRun,
): Promise<{ readonly path: string; readonly variant: string } | undefined> {
  const { initFrom } = run.config
  if (initFrom === undefined) return undefined
  const other = await RunFolder.open(initFrom)
  const checkpoint = await other.checkpoints.newest()
  if (checkpoint === undefined) {
    throw new ConfigurationError({
      code: 'CHECKPOINT_MISSING',
      message: `The generator cannot start from ${initFrom}: that run has no checkpoint yet.`,
      fix: 'Train it first, or name another run.',
    })
  }
  const opened: OpenedModel = await run.stages[0]!.open()
  await startPart(opened, 'generator', checkpoint, initFrom)
  return { path: checkpoint.path, variant: checkpoint.variant }
}

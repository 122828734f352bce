import { existsSync } from 'node:fs'
import { ConfigurationError, type RunEvent } from '@gantry/core'
import { healthObserver } from '@gantry/diagnosis'
import { type Observer, startPart, type TrainingOutcome, train, usualObservers } from '@gantry/training'
import { findVariant } from '@gantry/variants'
import { readEvents } from './event-log.ts'
import { exportOpened, type GeneratorExport } from './export-run.ts'
import type { OpenedRun } from './open-run.ts'
import type { OpenedModel } from './open-stages.ts'
import { afterNotFinite, optionsOf, withAdvice } from './rollback.ts'
import { RunFolder } from './run-folder.ts'
import { scoreObserver } from './score-observer.ts'
import { describeReached } from './unfinished-stages.ts'

export interface TrainRunOptions {
  readonly signal?: AbortSignal
  /** Called after an event is in the run's log. */
  readonly onEvent?: (event: RunEvent) => void
  /** What looks at the run besides the usual log, grids and scores. */
  readonly observers?: readonly Observer[]
}

export interface TrainedRun extends TrainingOutcome {
  /** The function of a run that was finished which it shows first, exported. */
  readonly generator?: GeneratorExport
  /** The others that it shows. */
  readonly others?: readonly GeneratorExport[]
  /** What a person should know of a run that has ended before its last stage. */
  readonly stageNote?: string
}

/**
 * Trains a run in its folder, from its newest checkpoint where it has one, and exports what it shows once it is finished.
 *
 * Numbers that are not finite end it, unless its `onNan` is `rollback`: then it goes on from its newest checkpoint at half the
 * learning rates, five times at the most, and its folder has these rates from then on.
 *
 * @param run closed by the caller, whichever way this ends
 * @throws what `train` throws, and `exportRun`
 */
export async function trainRun(folder: RunFolder, run: OpenedRun, options: TrainRunOptions = {}): Promise<TrainedRun> {
  let [ownFolder, own] = [folder, run]
  try {
    for (let rollbacks = 0; ; rollbacks++) {
      try {
        return await attempt(ownFolder, own, options)
      } catch (error) {
        const lowered = await afterNotFinite(error, ownFolder, own, {
          ...options,
          mayRollBack: rollbacks < MOST_ROLLBACKS,
        })
        if (lowered === undefined) throw error
        ownFolder = await ownFolder.reconfigure(lowered)
        own = await own.reopen(lowered)
      }
    }
  } finally {
    // The caller closes what it has opened, not what was opened since.
    if (own !== run) for (const stage of own.stages) await stage.close()
  }
}

/** One attempt, to the end of the run, an interruption or a failure. */
async function attempt(
  folder: RunFolder,
  run: OpenedRun,
  { observers = [], ...options }: TrainRunOptions,
): Promise<TrainedRun> {
  const { dataset, config, stages, staged } = run
  const all = [...(await observersOf(folder, run)), ...observers]
  const explain = (error: unknown) => withAdvice(error, folder, run)
  const common = { dataset, record: folder, config, observers: all, explain, ...options }
  // A run that goes on may be in a later stage, beside which the first must not be in memory.
  if (staged && (await folder.checkpoints.list()).length > 0) await stages[0]!.close()
  const outcome = await train(staged ? { ...common, stages } : { ...common, ...(await stages[0]!.open()) })
  if (outcome.outcome !== 'finished') return outcome
  const reached = stages.find(({ name }) => name === outcome.stage) ?? stages[0]!
  const { model, session } = await reached.open()
  const state = await session.readState()
  const opened = { model, session, config, data: run.data }
  const exported: GeneratorExport[] = []
  try {
    for (const functionName of model.shown) {
      const path = folder.exportPath(functionName, model.shown)
      const one = await exportOpened(opened, { state, step: outcome.step, weights: 'ema', path, functionName })
      await folder.append({ type: 'export', step: outcome.step, path, parityError: one.manifest.parityError })
      exported.push(one)
    }
  } finally {
    await folder.close()
  }
  const [generator, ...others] = exported
  const stageNote = describeReached(stages, outcome.stage)
  return { ...outcome, ...(generator && { generator }), others, ...(stageNote !== undefined && { stageNote }) }
}

/** A run whose rates were halved so often does not suffer from them. */
const MOST_ROLLBACKS = 5

/** Steps between two looks at the health of a run, at the least: a look costs as much as a few steps. */
const LEAST_HEALTH_EVERY = 50

/** A log, sample grids, the run's health, and scores where the configuration asks for any. */
async function observersOf(folder: RunFolder, { dataset, validation, config }: OpenedRun): Promise<Observer[]> {
  const shown = validation ?? dataset
  const observers = usualObservers({ dataset: shown, config })
  const { scoreEvery, seed, steps, options, batchSize } = config
  const healthEvery = config.healthEvery ?? Math.max(LEAST_HEALTH_EVERY, Math.round(steps / 100))
  const events = existsSync(folder.eventsPath) ? await readEvents(folder.eventsPath) : []
  const looked = { dataset, seed, batchSize, ...(validation && { heldOut: validation }) }
  observers.push(healthObserver({ every: healthEvery, ...looked, options, known: optionsOf(config), events }))
  if (scoreEvery !== undefined) observers.push(scoreObserver({ every: scoreEvery, dataset: shown, config }))
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
  const { initFrom, variant } = run.config
  if (initFrom === undefined) {
    if (findVariant(variant).startsFrom === undefined) return undefined
    throw new ConfigurationError({
      code: 'INIT_MISSING',
      message: `The variant '${variant}' goes on with the networks of another run, but none is named.`,
      fix: "Train a GAN first, and name its run with '--init-from'.",
    })
  }
  const other = await RunFolder.open(initFrom)
  const checkpoint = await other.checkpoints.newest()
  if (checkpoint === undefined) {
    throw new ConfigurationError({
      code: 'CHECKPOINT_MISSING',
      message: `The generator cannot start from ${initFrom}: that run has no checkpoint yet.`,
      fix: 'Train it first, or name another run.',
    })
  }
  const { startsFrom } = findVariant(variant)
  if (startsFrom && 'labels' in findVariant(checkpoint.variant).needs) {
    throw new ConfigurationError({
      code: 'INIT_MISMATCH',
      message: `The variant '${variant}' goes on with networks that take no labels, but those of ${initFrom} (${checkpoint.variant}) do.`,
      fix: "Name the run of an unconditional variant, such as 'dcgan'.",
    })
  }
  const opened: OpenedModel = await run.stages[0]!.open()
  for (const part of startsFrom?.parts ?? ['generator']) await startPart(opened, part, checkpoint, initFrom)
  return { path: checkpoint.path, variant: checkpoint.variant }
}

import { EVENTS_VERSION, findFunction, GantryError, type RunEvent } from '@gantry/core'
import { Backlog } from './backlog.ts'
import { BatchPrefetcher } from './batch-prefetcher.ts'
import { shareOf } from './batch-share.ts'
import { checkModel } from './check-model.ts'
import type { StoredCheckpoint } from './checkpoint.ts'
import { isDue, observe } from './observe.ts'
import type { Moment, Observer } from './observer.ts'
import { usualObservers } from './observers/usual-observers.ts'
import { PhaseFeeds } from './phase-feeds.ts'
import { carryInto, newestCheckpoint, restoreStage } from './restore.ts'
import { checkpointOf, stateToKeep } from './save.ts'
import { type OpenedStage, type StageSpan, stageSpans, storedName } from './stages.ts'
import { type StageWork, Stepper } from './step.ts'
import { Throughput } from './throughput.ts'
import type { TrainOptions } from './train-options.ts'

export interface TrainingOutcome {
  readonly outcome: 'finished' | 'interrupted'
  /** Steps finished, those of earlier attempts included. */
  readonly step: number
  readonly secondsElapsed: number
  /** Average of this attempt. */
  readonly samplesPerSecond: number
  /** The last value of each scalar; empty when there was nothing left to do. */
  readonly scalars: Readonly<Record<string, number>>
  readonly checkpointPath: string
  /** The stage that the run has reached, which is still open; absent for models of one stage. */
  readonly stage?: string
}

/**
 * Trains any model: stages and phases by their schedules, events, observers and checkpoints. The same seed gives the same run,
 * bit for bit, whether it was interrupted or not.
 *
 * The engine does not wait for anything else: it has the next phase before it has finished one, and events, grids and
 * checkpoints are written while it goes on. They still come in their order, each once it is on disk.
 *
 * @throws TrainingError `LOSS_NOT_FINITE` or `STATE_NOT_FINITE` (the last good checkpoint stays the newest), StorageError,
 * DataError, ConfigurationError `CONFIGURATION_MISMATCH` for a model or data that are not those of the configuration,
 * `FUNCTION_UNKNOWN` for a model that shows what it lacks, `STAGES_INVALID` or `SHARD_UNEVEN`, and
 * whatever the session throws. The log then ends with a failed `end` event, where it can be written.
 *
 * @example
 * ```ts
 * const session = await backend.prepare(model)
 * const { step } = await train({ model, session, dataset, record: new MemoryRecord(), config, onEvent: console.log })
 * ```
 */
export async function train(options: TrainOptions): Promise<TrainingOutcome> {
  const run = new Run(options)
  try {
    return await run.finish()
  } catch (error) {
    throw await run.fail(error)
  } finally {
    await run.close()
  }
}

/** One attempt at a run, from where it stands to its last step or an interruption. */
class Run {
  readonly #options: TrainOptions
  readonly #observers: readonly Observer[]
  /** Events, and the files that they tell of. */
  readonly #reports = new Backlog()
  #stepper = new Stepper({ step: 0, phase: 0, scalars: {} }, new Backlog(), () => {})
  #batches: BatchPrefetcher | undefined
  #startTime = 0
  #throughput = new Throughput(0)
  #scalars: Readonly<Record<string, number>> = {}
  #checkpointPath: string | undefined
  #stage: string | undefined
  #saved = false

  constructor(options: TrainOptions) {
    this.#options = options
    this.#observers = options.observers ?? usualObservers(options)
  }

  async finish(): Promise<TrainingOutcome> {
    const { record, config } = this.#options
    const restored = await newestCheckpoint(record, this.#emit)
    this.#checkpointPath = restored?.path
    this.#saved = restored !== undefined
    const firstStep = restored?.position.step ?? 0
    const spans = stageSpans(this.#options, firstStep)
    // A run that is finished is opened at its last stage, which has nothing left to do.
    const from = spans.findIndex(({ end }) => firstStep < end)
    const remaining = spans.slice(from === -1 ? spans.length - 1 : from)
    await this.#runStages(remaining, restored, firstStep)

    const { step } = this.#stepper.position
    const outcome = step < config.steps ? 'interrupted' : 'finished'
    await this.#emit({ type: 'end', step, outcome })
    const secondsElapsed = seconds() - this.#startTime
    const samplesPerSecond = ((step - firstStep) * config.batchSize) / secondsElapsed
    return {
      outcome,
      step,
      secondsElapsed,
      samplesPerSecond,
      scalars: this.#scalars,
      checkpointPath: this.#checkpointPath!,
      ...(this.#stage !== undefined && { stage: this.#stage }),
    }
  }

  /** @returns what is thrown */
  async fail(cause: unknown): Promise<unknown> {
    await this.#reports.settle()
    const error = (await this.#options.explain?.(cause)) ?? cause
    const message = GantryError.isInstance(error) ? error.message : String(error)
    // Where the disk is the problem, the log cannot be written either: the first error counts.
    await this.#emit({ type: 'end', step: this.#stepper.position.step, outcome: 'failed', message }).catch(() => {})
    return error
  }

  async close(): Promise<void> {
    await this.#stepper.settle()
    await this.#batches?.close()
    await this.#options.record.close?.()
  }

  readonly #emit = async (event: RunEvent): Promise<void> => {
    await this.#options.record.append(event)
    this.#options.onEvent?.(event)
  }

  readonly #isAborted = (): boolean => this.#options.signal?.aborted === true

  async #runStages(spans: readonly StageSpan[], restored: StoredCheckpoint | undefined, firstStep: number) {
    let before: { readonly span: StageSpan; readonly opened: OpenedStage } | undefined
    for (const span of spans) {
      // What the stage before it has to tell comes first.
      await this.#reports.atMost(0)
      // Two sessions must not be in memory at once: the state is, in between.
      const carried = before && (await stateToKeep(before.opened))
      await before?.span.stage.close()
      const opened = await span.stage.open()
      this.#stage = storedName(span)
      checkModel(opened.model, this.#options.dataset, this.#options.config, this.#options.shard)
      for (const name of opened.model.shown) findFunction(opened.model, name)
      if (carried) await carryInto(opened, span.stage, carried)
      else if (restored) await restoreStage(opened, span, restored)
      if (before === undefined) await this.#begin(opened, restored, firstStep)
      const { step, phase } = this.#stepper.position
      // A run that is resumed within a stage has told of it before.
      const begins = step === span.first && phase === 0
      // What the stage before it computed last says nothing about this one.
      if (begins) this.#stepper.takeScalars()
      if (span.streams !== '' && begins) await this.#emit(stageEvent(step, span, opened))
      await this.#runStage(span, opened)
      before = { span, opened }
      if (this.#stepper.position.step < span.end || this.#isAborted()) break
    }
    if (!this.#saved) this.#saveCheckpoint(before!.span, before!.opened)
    await this.#reports.atMost(0)
  }

  /** Tells that the run goes on from here, and starts its clock. */
  async #begin({ session }: OpenedStage, restored: StoredCheckpoint | undefined, firstStep: number): Promise<void> {
    const { dataset, config, shard } = this.#options
    const { steps, batchSize, seed } = config
    const engine = session.report
    await this.#emit({ type: 'start', eventsVersion: EVENTS_VERSION, step: firstStep, steps, batchSize, engine })
    const stream = { batchSize, seed, from: firstStep, augment: true, ...(shard && { shard }) }
    this.#batches = new BatchPrefetcher(dataset, stream)
    this.#startTime = seconds()
    this.#throughput = new Throughput(this.#startTime)
    const position = restored?.position ?? { step: 0, phase: 0, scalars: {} }
    this.#stepper = new Stepper(position, new Backlog(), (step) => {
      this.#throughput.record(seconds(), (step - firstStep) * batchSize)
    })
  }

  async #runStage(span: StageSpan, opened: OpenedStage): Promise<void> {
    const { dataset, config, shard, between } = this.#options
    const { phases } = opened.model
    const share = shard && { share: shareOf(shard, config.batchSize) }
    const own = { seed: config.seed, fields: dataset.fields, streams: span.streams, ...share }
    const work: StageWork = {
      session: opened.session,
      phases,
      feeds: new Map(phases.map((phase) => [phase, new PhaseFeeds(phase, own)])),
      batches: this.#batches!,
      first: span.first,
      ...(between && { between }),
    }
    let firstPhase = this.#stepper.position.phase
    for (let step = this.#stepper.position.step; step < span.end && !this.#isAborted(); ) {
      this.#saved = false
      this.#reports.check()
      await this.#stepper.start(work, step++, firstPhase, this.#isAborted)
      firstPhase = 0
      if (!(await this.#look(step, span, opened))) break
    }
    await this.#stepper.finish()
  }

  /** What is due after a step; false when the run was interrupted within it. */
  async #look(step: number, span: StageSpan, opened: OpenedStage): Promise<boolean> {
    const { record, config } = this.#options
    const { steps } = config
    const due = this.#observers.filter(({ every }) => isDue(every, step, steps))
    const saves = isDue(config.checkpointEvery, step, steps)
    if (due.length === 0 && !saves) return true
    await this.#stepper.finish()
    // Reports of the step before this one that had any: more than one at a time would pile up states in memory.
    await this.#reports.atMost(0)
    if (this.#stepper.position.step < step) return false
    const moment = this.#moment(step, span, opened)
    for (const observer of due) this.#reports.add(await observe(observer, moment, record, this.#emit))
    if (due.some(({ takesScalars }) => takesScalars)) {
      this.#scalars = moment.scalars
      this.#stepper.takeScalars()
    }
    if (saves) this.#saveCheckpoint(span, opened)
    return true
  }

  #moment(step: number, { first }: StageSpan, { model, session }: OpenedStage): Moment {
    const { signal } = this.#options
    return {
      step,
      steps: this.#options.config.steps,
      stageFrom: first,
      scalars: this.#stepper.position.scalars,
      secondsElapsed: seconds() - this.#startTime,
      samplesPerSecond: this.#throughput.samplesPerSecond,
      model,
      ...(signal && { signal }),
      evaluate: (name, inputs, draw) => session.evaluate(name, inputs, draw),
      readState: (names) => session.readState(names),
    }
  }

  #saveCheckpoint(span: StageSpan, opened: OpenedStage): void {
    const { record, config, dataset } = this.#options
    const { position } = this.#stepper
    const make = checkpointOf(opened, span, { config, dataset: dataset.name, position })
    this.#reports.add(async () => {
      const path = await record.save(await make(), config.keepCheckpoints)
      this.#checkpointPath = path
      await this.#emit({ type: 'checkpoint', step: position.step, path })
    })
    this.#saved = true
  }
}

function stageEvent(step: number, { stage }: StageSpan, { secondsToPrepare }: OpenedStage): RunEvent {
  return { type: 'stage', step, stage: stage.name, ...(secondsToPrepare !== undefined && { secondsToPrepare }) }
}

function seconds(): number {
  return performance.now() / 1000
}

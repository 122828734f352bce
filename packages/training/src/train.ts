import { GantryError, type RunEvent } from '@gantry/core'
import { Backlog } from './backlog.ts'
import { BatchPrefetcher } from './batch-prefetcher.ts'
import type { TrainingPosition } from './checkpoint.ts'
import { EventLog } from './event-log.ts'
import { checkScalars, checkStateFinite } from './finite.ts'
import { gridPainter } from './grid-painter.ts'
import { PhaseFeeds } from './phase-feeds.ts'
import { restore } from './restore.ts'
import { Throughput } from './throughput.ts'
import type { TrainOptions } from './train-options.ts'

/** Phases that the engine may have been given beyond the one whose result is awaited. */
const RUNS_AHEAD = 1

export interface TrainingOutcome {
  readonly outcome: 'finished' | 'interrupted'
  /** Steps finished, those of earlier attempts included. */
  readonly step: number
  readonly secondsElapsed: number
  /** Average of this attempt. */
  readonly imagesPerSecond: number
  /** The last value of each scalar; empty when there was nothing left to do. */
  readonly scalars: Readonly<Record<string, number>>
  readonly checkpointPath: string
}

/**
 * Trains any model: phases by their schedules, events, sample grids and checkpoints. The same seed gives the same run,
 * bit for bit, whether it was interrupted or not.
 *
 * The engine does not wait for anything else: it has the next phase before it has finished one, and events, grids and
 * checkpoints are written while it goes on. They still come in their order, each once it is on disk.
 *
 * @throws TrainingError `LOSS_NOT_FINITE` or `STATE_NOT_FINITE` (the last good checkpoint stays the newest), StorageError,
 * DataError, and whatever the session throws. The log then ends with a failed `end` event, where it can be written.
 *
 * @example
 * ```ts
 * const run = await RunFolder.create('runs/first', config)
 * const session = await backend.prepare(model)
 * const { step } = await train({ model, session, dataset, run, config, onEvent: console.log })
 * ```
 */
export async function train(options: TrainOptions): Promise<TrainingOutcome> {
  const { model, session, dataset, run, config, signal, onEvent } = options
  const { steps, batchSize, seed } = config
  const log = await EventLog.open(run.eventsPath)
  const emit = async (event: RunEvent) => {
    await log.append(event)
    onEvent?.(event)
  }
  let position: TrainingPosition = { step: 0, phase: 0, scalars: {} }
  let batches: BatchPrefetcher | undefined
  /** Results of phases that the engine has been given. */
  const results = new Backlog()
  /** Events, and the files that they tell of. */
  const reports = new Backlog()
  let lastRun: Promise<unknown> | undefined

  try {
    const restored = await restore(run, session, emit)
    if (restored) position = restored.position
    await emit({ type: 'start', step: position.step, steps, batchSize, engine: session.report })

    const generateGrid = await gridPainter(options)
    const feeds = new Map(model.phases.map((phase) => [phase, new PhaseFeeds(phase, seed, model.classes)]))
    batches = new BatchPrefetcher(dataset, { batchSize, seed, from: position.step })

    const firstStep = position.step
    const startTime = seconds()
    const throughput = new Throughput(startTime)
    let scalars: Readonly<Record<string, number>> = {}
    let checkpointPath = restored?.path

    const saveCheckpoint = (at: TrainingPosition) => {
      // The engine answers in order: this is the state of now, whatever it is given next.
      const reading = session.readState()
      reading.catch(() => {})
      reports.add(async () => {
        const state = await reading
        checkStateFinite(state, at.step)
        const checkpoint = { variant: config.variant, dataset: dataset.name, seed, position: at, state }
        checkpointPath = await run.checkpoints.save(checkpoint, config.keepCheckpoints)
        await emit({ type: 'checkpoint', step: at.step, path: checkpointPath })
      })
    }

    const paintGrid = async (step: number) => {
      const write = await generateGrid(step)
      reports.add(async () => emit({ type: 'sample', step, path: await write() }))
    }

    /** Gives the engine what is left of a step, or a part of it when the run is interrupted. */
    const startStep = async (step: number, firstPhase: number) => {
      const due = model.phases.filter(({ every, offset = 0 }) => step % every === offset)
      const batch = await batches!.next()
      for (const [index, phase] of due.entries()) {
        if (index < firstPhase) continue
        const phaseFeeds = feeds.get(phase)!
        const running = session.run(phase.name, phaseFeeds.at(step, batch), phaseFeeds.drawFor(step))
        running.catch(() => {})
        lastRun = running
        results.add(async () => {
          const values = await running
          checkScalars(values, step + 1, phase.name)
          position = { step, phase: index + 1, scalars: { ...position.scalars, ...values } }
        })
        // The engine is busy from here on.
        batches!.readAhead()
        phaseFeeds.drawAhead(step + phase.every)
        await results.atMost(RUNS_AHEAD)
        if (signal?.aborted && index < due.length - 1) return
      }
      // Also where no phase is due.
      results.add(async () => {
        position = { ...position, step: step + 1, phase: 0 }
        throughput.record(seconds(), (step + 1 - firstStep) * batchSize)
      })
    }

    let saved = restored !== undefined
    let firstPhase = position.phase
    for (let step = position.step; step < steps && !signal?.aborted; ) {
      saved = false
      reports.check()
      await startStep(step++, firstPhase)
      firstPhase = 0
      const isDue = (every: number) => step % every === 0 || step === steps
      if (![config.logEvery, config.sampleEvery, config.checkpointEvery].some(isDue)) continue
      await results.atMost(0)
      // Reports of the step before this one that had any: more than one at a time would pile up states in memory.
      await reports.atMost(0)
      if (position.step < step) break
      if (isDue(config.logEvery)) {
        scalars = position.scalars
        position = { ...position, scalars: {} }
        const secondsElapsed = seconds() - startTime
        const { imagesPerSecond } = throughput
        reports.add(() => emit({ type: 'step', step, steps, scalars, secondsElapsed, imagesPerSecond }))
      }
      if (isDue(config.sampleEvery)) await paintGrid(step)
      if (isDue(config.checkpointEvery)) {
        saveCheckpoint(position)
        saved = true
      }
    }
    await results.atMost(0)
    if (!saved) saveCheckpoint(position)
    await reports.atMost(0)

    const { step } = position
    const outcome = step < steps ? 'interrupted' : 'finished'
    await emit({ type: 'end', step, outcome })
    const secondsElapsed = seconds() - startTime
    const imagesPerSecond = ((step - firstStep) * batchSize) / secondsElapsed
    return { outcome, step, secondsElapsed, imagesPerSecond, scalars, checkpointPath: checkpointPath! }
  } catch (error) {
    await reports.settle()
    const message = GantryError.isInstance(error) ? error.message : String(error)
    // Where the disk is the problem, the log cannot be written either: the first error counts.
    await emit({ type: 'end', step: position.step, outcome: 'failed', message }).catch(() => {})
    throw error
  } finally {
    await lastRun?.catch(() => {})
    await batches?.close()
    await log.close()
  }
}

function seconds(): number {
  return performance.now() / 1000
}

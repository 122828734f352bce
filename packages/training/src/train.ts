import { GantryError, type RunEvent } from '@gantry/core'
import { BatchPrefetcher } from './batch-prefetcher.ts'
import type { TrainingPosition } from './checkpoint.ts'
import { EventLog } from './event-log.ts'
import { checkScalars, checkStateFinite } from './finite.ts'
import { gridPainter } from './grid-painter.ts'
import { PhaseFeeds } from './phase-feeds.ts'
import { restore } from './restore.ts'
import { Throughput } from './throughput.ts'
import type { TrainOptions } from './train-options.ts'

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

  try {
    const restored = await restore(run, session, emit)
    if (restored) position = restored.position
    await emit({ type: 'start', step: position.step, steps, batchSize, engine: session.report })

    const paintGrid = await gridPainter(options)
    const feeds = new Map(model.phases.map((phase) => [phase, new PhaseFeeds(phase, seed, model.classes)]))
    batches = new BatchPrefetcher(dataset, { batchSize, seed, from: position.step })

    const firstStep = position.step
    const startTime = seconds()
    const throughput = new Throughput(startTime)
    let scalars: Readonly<Record<string, number>> = {}
    let checkpointPath = restored?.path

    const saveCheckpoint = async () => {
      const state = await session.readState()
      checkStateFinite(state, position.step)
      const checkpoint = { variant: config.variant, dataset: dataset.name, seed, position, state }
      checkpointPath = await run.checkpoints.save(checkpoint, config.keepCheckpoints)
      await emit({ type: 'checkpoint', step: position.step, path: checkpointPath })
    }

    /** Runs what is left of the present step, or a part of it when the run is interrupted. */
    const advance = async (batch: Parameters<PhaseFeeds['at']>[1]) => {
      const { step } = position
      const due = model.phases.filter(({ every }) => step % every === 0)
      for (const phase of due.slice(position.phase)) {
        const phaseFeeds = feeds.get(phase)!
        const running = session.run(phase.name, phaseFeeds.at(step, batch), phaseFeeds.drawFor(step))
        phaseFeeds.drawAhead(step + phase.every)
        const results = await running
        checkScalars(results, step + 1, phase.name)
        position = { step, phase: position.phase + 1, scalars: { ...position.scalars, ...results } }
        if (signal?.aborted) break
      }
      if (position.phase >= due.length) position = { ...position, step: step + 1, phase: 0 }
    }

    let saved = restored !== undefined
    while (position.step < steps && !signal?.aborted) {
      saved = false
      await advance(await batches.next())
      if (position.phase > 0) break
      const { step } = position
      const isDue = (every: number) => step % every === 0 || step === steps
      throughput.record(seconds(), (step - firstStep) * batchSize)
      if (isDue(config.logEvery)) {
        scalars = position.scalars
        position = { ...position, scalars: {} }
        const { imagesPerSecond } = throughput
        await emit({ type: 'step', step, steps, scalars, secondsElapsed: seconds() - startTime, imagesPerSecond })
      }
      if (isDue(config.sampleEvery)) await emit({ type: 'sample', step, path: await paintGrid(step) })
      if (isDue(config.checkpointEvery)) {
        await saveCheckpoint()
        saved = true
      }
    }
    if (!saved) await saveCheckpoint()

    const { step } = position
    const outcome = step < steps ? 'interrupted' : 'finished'
    await emit({ type: 'end', step, outcome })
    const secondsElapsed = seconds() - startTime
    const imagesPerSecond = ((step - firstStep) * batchSize) / secondsElapsed
    return { outcome, step, secondsElapsed, imagesPerSecond, scalars, checkpointPath: checkpointPath! }
  } catch (error) {
    const message = GantryError.isInstance(error) ? error.message : String(error)
    // Where the disk is the problem, the log cannot be written either: the first error counts.
    await emit({ type: 'end', step: position.step, outcome: 'failed', message }).catch(() => {})
    throw error
  } finally {
    await batches?.close()
    await log.close()
  }
}

function seconds(): number {
  return performance.now() / 1000
}

import type { Phase, TrainingSession } from '@gantry/core'
import type { Backlog } from './backlog.ts'
import type { BatchPrefetcher } from './batch-prefetcher.ts'
import type { TrainingPosition } from './checkpoint.ts'
import { checkScalars } from './finite.ts'
import type { PhaseFeeds } from './phase-feeds.ts'

/** Phases that the engine may have been given beyond the one whose result is awaited. */
const RUNS_AHEAD = 1

/** What the steps of one stage work with. */
export interface StageWork {
  readonly session: TrainingSession
  readonly phases: readonly Phase<unknown>[]
  readonly feeds: ReadonlyMap<Phase<unknown>, PhaseFeeds>
  readonly batches: BatchPrefetcher
  /** First step of the stage: its phases are due by the steps since then. */
  readonly first: number
  readonly between?: (phase: Phase<unknown>, session: TrainingSession) => Promise<void>
}

/**
 * Gives an engine the phases of a run, step by step. Results come in the background, in their order; the position is that of the last
 * result.
 */
export class Stepper {
  /** Results of phases that the engine has been given. */
  readonly #results: Backlog
  readonly #onStep: (steps: number) => void
  #lastRun: Promise<unknown> | undefined
  position: TrainingPosition

  /** @param onStep told after every step how many are finished */
  constructor(position: TrainingPosition, results: Backlog, onStep: (steps: number) => void) {
    this.position = position
    this.#results = results
    this.#onStep = onStep
  }

  /** Gives the engine what is left of a step, or a part of it when the run is interrupted. */
  async start(work: StageWork, step: number, firstPhase: number, isAborted: () => boolean): Promise<void> {
    const due = work.phases.filter(({ every, offset = 0 }) => (step - work.first) % every === offset)
    const batch = await work.batches.next()
    for (const [index, phase] of due.entries()) {
      if (index < firstPhase) continue
      if (work.between && phase.gathers) await work.between(phase, work.session)
      const phaseFeeds = work.feeds.get(phase)!
      const running = work.session.run(phase.name, phaseFeeds.at(step, batch), phaseFeeds.drawFor(step))
      running.catch(() => {})
      this.#lastRun = running
      this.#results.add(async () => {
        const values = await running
        checkScalars(values, step + 1, phase.name)
        this.position = { step, phase: index + 1, scalars: { ...this.position.scalars, ...values } }
      })
      // The engine is busy from here on.
      work.batches.readAhead()
      phaseFeeds.drawAhead(step + phase.every)
      await this.#results.atMost(RUNS_AHEAD)
      if (isAborted() && index < due.length - 1) return
    }
    // Also where no phase is due.
    this.#results.add(async () => {
      this.position = { ...this.position, step: step + 1, phase: 0 }
      this.#onStep(step + 1)
    })
  }

  /** The scalars so far, which count as reported from now on. */
  takeScalars(): void {
    this.position = { ...this.position, scalars: {} }
  }

  /** Waits until every phase that was given has its result. */
  async finish(): Promise<void> {
    await this.#results.atMost(0)
  }

  /** Waits for what the engine is at, whatever becomes of it. */
  async settle(): Promise<void> {
    await this.#lastRun?.catch(() => {})
  }
}

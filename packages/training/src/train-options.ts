import type { Dataset, Phase, RunEvent, Shard, TrainableModel, TrainingSession } from '@gantry/core'
import type { Observer } from './observer.ts'
import type { RunConfig } from './run-config.ts'
import type { RunRecord } from './run-record.ts'
import type { Stage } from './stages.ts'

/** What the loop needs to know of a model. */
export type TrainedModel = Pick<
  TrainableModel<unknown, unknown>,
  'name' | 'phases' | 'functions' | 'shown' | 'parts' | 'learners' | 'frozen' | 'builtFrom'
>

interface CommonOptions {
  readonly dataset: Dataset
  /** Resumed from its newest checkpoint where it has one. */
  readonly record: RunRecord
  readonly config: RunConfig
  /** What looks at the run; a log and sample grids by default, as often as the configuration says. */
  readonly observers?: readonly Observer[]
  /** Aborting it finishes the phases that the engine has been given, writes a checkpoint and ends the run as interrupted. */
  readonly signal?: AbortSignal
  /** Called after an event is in the run's log. */
  readonly onEvent?: (event: RunEvent) => void
  /** What an error becomes that ends the run, such as one that also says what to do; it is thrown, and stands in the last event. */
  readonly explain?: (error: unknown) => Promise<unknown>
  /**
   * This run's share of every batch, where several replicas train one model together. The model is built for a share; noise is drawn
   * row by row, so that all shares are the rows of one draw, and what is not drawn for samples is the same for all replicas. Such a
   * run differs in its bits from one that is not shared.
   */
  readonly shard?: Shard
  /**
   * Called before every phase that gathers state (`Phase.gathers`): replicas average it here, by `readState(phase.gathers)` and
   * `writeState(average, { partly: true })`.
   */
  readonly between?: (phase: Phase<unknown>, session: TrainingSession) => Promise<void>
}

/** A model of one stage; model and session are the caller's, who disposes them. */
interface OneModel {
  readonly model: TrainedModel
  readonly session: TrainingSession
}

/** A model of several stages; the last that was opened stays open, for the caller to use and to close. */
interface Staged {
  readonly stages: readonly Stage[]
}

export type TrainOptions = CommonOptions & (OneModel | Staged)

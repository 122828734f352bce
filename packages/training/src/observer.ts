import type { NDArray, RunEvent, TrainingSession } from '@gantry/core'
import type { RunRecord } from './run-record.ts'
import type { TrainedModel } from './train-options.ts'

/** A run at the end of one of its steps, as observers see it. */
export interface Moment {
  /** Steps finished so far. */
  readonly step: number
  readonly steps: number
  /** Steps that were finished when its stage began; 0 for models of one stage. */
  readonly stageFrom: number
  /** Named scalars of the phases of this stage that ran since the last moment whose observer took them. */
  readonly scalars: Readonly<Record<string, number>>
  /** Since the run started or was resumed. */
  readonly secondsElapsed: number
  readonly samplesPerSecond: number
  /** The model in training; that of the present stage. */
  readonly model: TrainedModel
  /** Aborted when the run is to stop: long reports then end early. */
  readonly signal?: AbortSignal
  /** Evaluates one of the model's functions on the present state. */
  readonly evaluate: TrainingSession['evaluate']
  /** Copies parts of the present state, by their names. */
  readonly readState: TrainingSession['readState']
}

/** What an observer does while the engine goes on: draws, scores, writes; it tells what happened. */
export type Report = (record: RunRecord) => Promise<readonly RunEvent[]>

/**
 * Looks at a run every so many steps, and always at the last: sample grids, scores, logs.
 *
 * In two parts: the engine waits for `look`, in which functions are evaluated on the state of this step; it does not wait for the
 * report that `look` resolves to. An observer that fails is a warning of the run, and not its end.
 *
 * @example
 * ```ts
 * const norms: Observer = {
 *   name: 'norms',
 *   every: 100,
 *   look: async ({ step, scalars }) => async () => [{ type: 'warning', step, message: `loss ${scalars.loss}` }],
 * }
 * ```
 */
export interface Observer {
  readonly name: string
  readonly every: number
  /** Whether the scalars of a moment count as reported once it has looked. */
  readonly takesScalars?: boolean
  look(at: Moment): Promise<Report | undefined>
}

/** Rows of arrays by name: inputs or outputs of a function. */
export type Arrays = Readonly<Record<string, NDArray>>

import type { Part, State } from '@gantry/core'

/** Version of {@link Checkpoint} as it is written. Version 1, which did not say so, had neither stages nor parts. */
export const CHECKPOINT_VERSION = 2

/**
 * Where a run stands. Batches and random draws are functions of seed and step, so this is all that a resumed run needs
 * to go on as if it had never stopped.
 */
export interface TrainingPosition {
  /** Steps finished: also the index of the present batch. */
  readonly step: number
  /** Phases of the present step that have run; more than 0 only when a run was interrupted within a step. */
  readonly phase: number
  /** Scalars that no `step` event has reported yet. */
  readonly scalars: Readonly<Record<string, number>>
}

/** A run at one of its steps. */
export interface Checkpoint {
  readonly variant: string
  readonly dataset: string
  readonly seed: number
  readonly position: TrainingPosition
  /** The stage whose state this is; absent for models of one stage. */
  readonly stage?: string
  /** Everything but what is frozen. */
  readonly state: State
  /** Beginnings of the names of frozen variables, with the hash of their values: see `TrainableModel.frozen`. */
  readonly frozen?: Readonly<Record<string, string>>
  /** Parts that other runs can start from: see `TrainableModel.parts`. */
  readonly parts?: Readonly<Record<string, Part>>
}

/** A checkpoint, and where it is kept. */
export interface StoredCheckpoint extends Checkpoint {
  readonly path: string
}

import type { Dataset, RunEvent, TrainableModel, TrainingSession } from '@gantry/core'
import type { LatentSpace } from './latents.ts'
import type { RunConfig } from './run-config.ts'
import type { RunFolder } from './run-folder.ts'

/** What the loop needs to know of a model. */
export interface TrainedModel extends Pick<TrainableModel<unknown, unknown>, 'name' | 'phases' | 'functions'> {
  /** Number of classes that samples can be asked for; grids show them in turn. */
  readonly classes?: number
  /** What the generator is fed with in sample grids; absent is standard normal. */
  readonly latent?: Pick<LatentSpace, 'distribution'>
}

export interface TrainOptions {
  readonly model: TrainedModel
  /** Owned by the caller, who disposes it. */
  readonly session: TrainingSession
  readonly dataset: Dataset
  /** Resumed from its newest checkpoint where it has one. */
  readonly run: RunFolder
  readonly config: RunConfig
  /** Aborting it finishes the phases that the engine has been given, writes a checkpoint and ends the run as interrupted. */
  readonly signal?: AbortSignal
  /** Called after an event is in the run's log. */
  readonly onEvent?: (event: RunEvent) => void
}

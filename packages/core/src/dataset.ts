import type { NDArray } from './ndarray.ts'

/** Samples of one step, and their labels where the data set has them. */
export interface Batch {
  /** `[batch, ...sampleShape]`; images are height × width × channels in [-1, 1]. */
  readonly samples: NDArray<'float32'>
  /** `[batch]`, indices into {@link Dataset.labels}. */
  readonly labels?: NDArray<'int32'>
}

export interface BatchOptions {
  readonly batchSize: number
  /** Orders the samples: the same seed gives the same batches. */
  readonly seed: number
  /** Index of the first batch, to go on where another stream stopped. */
  readonly from?: number
}

/** What a data set is made of, for people. */
export interface DatasetDescription {
  readonly source: string
  readonly licence: string
  /** Files that were left out, with the reason. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[]
}

/** A set of samples of one shape, streamed as batches. */
export interface Dataset {
  readonly specificationVersion: 1
  readonly name: string
  /** Number of samples in one epoch. */
  readonly size: number
  /** `image` samples are [height, width, channels] in [-1, 1]; `points` are coordinates. */
  readonly kind: 'image' | 'points'
  readonly sampleShape: readonly number[]
  /** Names of the classes; absent for unlabelled data. */
  readonly labels?: readonly string[]
  readonly description: DatasetDescription
  /**
   * Endless stream of shuffled batches; every epoch has its own order, drawn from the seed. The incomplete batch at the
   * end of an epoch is filled from the next. Ends when the consumer returns.
   */
  batches(options: BatchOptions): AsyncIterableIterator<Batch>
  dispose?(): Promise<void>
}

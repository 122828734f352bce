import type { Fields } from './field.ts'
import type { NDArray } from './ndarray.ts'

/** Arrays of one step by field: [batch, ...shape] each, in the field's dtype. */
export type Batch = Readonly<Record<string, NDArray>>

/** One of several replicas that share every batch. */
export interface Shard {
  readonly index: number
  readonly count: number
}

export interface BatchOptions {
  /** Samples of the whole batch, also where a shard gives a part of them. */
  readonly batchSize: number
  /** Orders the samples: the same seed gives the same batches. */
  readonly seed: number
  /** Index of the first batch, to go on where another stream stopped. */
  readonly from?: number
  /** Gives rows `index`, `index + count` … of every batch: all shards together are the batch. */
  readonly shard?: Shard
  /**
   * Whether images are moved as the data set's options say (random crops, mirrored), drawn by the seed for each place of the stream:
   * for training. Else they are cropped around their centres.
   */
  readonly augment?: boolean
}

/** What a data set is made of, for people. */
export interface DatasetDescription {
  readonly source: string
  readonly licence: string
  /** Files that were left out, with the reason. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[]
}

/** A set of samples, each made of named fields, streamed as batches. */
export interface Dataset {
  readonly specificationVersion: 2
  readonly name: string
  /** Number of samples in one epoch. */
  readonly size: number
  readonly fields: Fields
  /**
   * Fields that are of one thing, where not all of them are: the sides of unpaired data have nothing to do with each other, so that
   * nobody may compare them sample by sample. Absent: a sample is one thing.
   */
  readonly groups?: readonly (readonly string[])[]
  readonly description: DatasetDescription
  /**
   * Hexadecimal digits that are others when the data are others: names, sizes and order of its files, or parts of its content.
   * A run that is resumed compares them.
   */
  readonly fingerprint?: string
  /** What it was opened with, such as the size of its images; a run whose configuration says something else is refused. */
  readonly options?: Readonly<Record<string, unknown>>
  /**
   * Endless stream of shuffled batches; every epoch has its own order, drawn from the seed. The incomplete batch at the
   * end of an epoch is filled from the next. Ends when the consumer returns.
   */
  batches(options: BatchOptions): AsyncIterableIterator<Batch>
  dispose?(): Promise<void>
}

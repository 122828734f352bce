import type { Dataset, RandomStream, TypedArray } from '@gantry/core'

/** Where one sample goes: for every field its elements, in the field's dtype. */
export type SampleTargets = Readonly<Record<string, TypedArray>>

/** Random access to the samples of a data set: what {@link streamBatches} turns into batches. */
export interface SampleSource extends Pick<Dataset, 'size' | 'fields'> {
  /** Batches to read ahead while the consumer works; 0 for samples that cost nothing to read. */
  readonly readAhead: number
  /**
   * Writes all fields of sample `index` (0 … size - 1).
   *
   * Must give the same values for an index at every call, and the same random numbers: streams are resumed on that.
   *
   * @param random there for training: what an image's place in the picture, and the like, are drawn from; at most four numbers
   */
  read(index: number, targets: SampleTargets, random?: RandomStream): void | Promise<void>
  /** What a person finds a sample by, such as the path of a file; absent where that is its number. */
  nameOf?(index: number): string
  /** What several samples show, such as one emoji in all skin tones: splits keep them together. Absent where each is its own. */
  groupOf?(index: number): string
  /** The label of a sample without reading it; there when a field is a label. */
  labelOf?(index: number): number
  /**
   * What tells these data from others, beside the number of samples, the names of fields and classes and the labels: names and
   * lengths of files, and some of the content. Not what options make of it.
   */
  identity(): Iterable<string | TypedArray> | AsyncIterable<string | TypedArray>
  /** Gives back what reading has taken; the source can still be read afterwards. */
  release?(): void
}

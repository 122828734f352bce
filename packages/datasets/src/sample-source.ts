import type { Dataset } from '@gantry/core'

/** Random access to the samples of a data set: what {@link streamBatches} turns into batches. */
export interface SampleSource extends Pick<Dataset, 'size' | 'sampleShape' | 'labels'> {
  /** Batches to read ahead while the consumer works; 0 for samples that cost nothing to read. */
  readonly readAhead: number
  /**
   * Writes sample `index` (0 … size - 1) into `target`, which is one sample long.
   *
   * Must give the same values for an index at every call: streams are resumed on that.
   *
   * @returns the index of its label; any number when the source has no labels
   */
  read(index: number, target: Float32Array): number | Promise<number>
  /** The label of a sample without reading it; there when `labels` is. */
  labelOf?(index: number): number
  /** Gives back what reading has taken; the source can still be read afterwards. */
  release?(): void
}

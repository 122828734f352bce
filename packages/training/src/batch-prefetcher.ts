import { type Batch, type BatchOptions, DataError, type Dataset } from '@gantry/core'

/** Reads a data set one batch ahead of the consumer, so that loading hides behind the step that runs. */
export class BatchPrefetcher {
  readonly #dataset: Dataset
  readonly #batches: AsyncIterableIterator<Batch>
  #upcoming: Promise<IteratorResult<Batch>> | undefined

  constructor(dataset: Dataset, options: BatchOptions) {
    this.#dataset = dataset
    this.#batches = dataset.batches(options)
  }

  /** @throws DataError, from the data set, or `BATCHES_ENDED` when its stream is not endless. */
  async next(): Promise<Batch> {
    this.readAhead()
    const upcoming = this.#upcoming!
    this.#upcoming = undefined
    const result = await upcoming
    if (!result.done) return result.value
    throw new DataError({
      code: 'BATCHES_ENDED',
      message: `The data set '${this.#dataset.name}' stopped giving batches, which should never end.`,
    })
  }

  /**
   * Begins to read the batch that `next` will give. To be called once the engine has work: a data set in memory is read
   * before this returns.
   */
  readAhead(): void {
    if (this.#upcoming) return
    this.#upcoming = this.#batches.next()
    // Reported by the `next` that awaits it; until then a failure must not end the process.
    this.#upcoming.catch(() => {})
  }

  async close(): Promise<void> {
    await this.#upcoming?.catch(() => {})
    await this.#batches.return?.()
  }
}

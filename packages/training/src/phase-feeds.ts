import {
  type Batch,
  ConfigurationError,
  type DrawFeed,
  type Feed,
  type FeedSource,
  type Fields,
  type NDArray,
  ndarray,
  type Phase,
  RandomStream,
  UnsupportedError,
} from '@gantry/core'
import { modalities, wordsOf } from '@gantry/modalities'
import type { BatchShare } from './batch-share.ts'

type Feeds = Record<string, NDArray>

export interface PhaseFeedsOptions {
  readonly seed: number
  /** Fields of the data, by which batches are checked; what they lack is not. */
  readonly fields?: Fields
  /** Before the names of the random streams: the stage's, where a run has several. */
  readonly streams?: string
  /** The rows that are drawn, where several replicas share a batch. */
  readonly share?: BatchShare
}

/**
 * Makes the feeds of one phase. Every random feed has its own stream of the seed, and every step its own place in it: a
 * run that was interrupted draws what it would have drawn.
 */
export class PhaseFeeds {
  /** Random feeds: the declared ones, and those that the session has asked for. */
  readonly #random = new Map<string, Feed>()
  readonly #phase: Phase<unknown>
  readonly #options: PhaseFeedsOptions
  #ahead: { readonly step: number; readonly feeds: Feeds } | undefined

  constructor(phase: Phase<unknown>, options: PhaseFeedsOptions) {
    this.#phase = phase
    this.#options = options
    for (const [name, feed] of Object.entries(phase.feeds)) {
      if (feed.source.from === 'random') this.#random.set(name, feed)
    }
  }

  /**
   * @throws ConfigurationError `FIELD_MISSING` for a field that the batch lacks; DataError of the fields' modalities, such as
   * `LABEL_OUT_OF_RANGE`; UnsupportedError `RANDOM_DTYPE` for random feeds that are no floats.
   */
  at(step: number, batch: Batch): Feeds {
    const feeds = this.#ahead?.step === step ? this.#ahead.feeds : this.#draw(step)
    for (const [name, { source }] of Object.entries(this.#phase.feeds)) {
      if (source.from === 'batch') feeds[name] = this.#field(name, source.field, batch)
    }
    return feeds
  }

  /** Draws what a program turns out to need at this step; from the next step on it is drawn ahead. */
  drawFor(step: number): DrawFeed {
    return (name, feed) => {
      this.#random.set(name, feed)
      return this.#drawFeed(name, feed, step)
    }
  }

  /** Draws for a later step; called while the engine is busy with the present one. */
  drawAhead(step: number): void {
    this.#ahead = { step, feeds: this.#draw(step) }
  }

  #draw(step: number): Feeds {
    return Object.fromEntries([...this.#random].map(([name, feed]) => [name, this.#drawFeed(name, feed, step)]))
  }

  #drawFeed(name: string, feed: Feed, step: number): NDArray {
    const { distribution } = feed.source as FeedSource & { from: 'random' }
    const { seed, streams = '', share } = this.#options
    const array = ndarray(feed.dtype, feed.shape)
    const { data } = array
    if (!(data instanceof Float32Array || data instanceof Float64Array)) {
      throw new UnsupportedError({
        code: 'RANDOM_DTYPE',
        message: `Phase '${this.#phase.name}': the random feed '${name}' is ${feed.dtype} but random draws are floats.`,
      })
    }
    const random = new RandomStream(seed, `${streams}${this.#phase.name}/${name}`)
    if (share !== undefined && share.rows === feed.shape[0]) {
      fillShare(random, data, distribution, step, share)
    } else {
      random.seek(step * wordsOf(distribution, data.length))
      random.fill(distribution, data)
    }
    return array
  }

  #field(feed: string, name: string, batch: Batch): NDArray {
    const owner = `Phase '${this.#phase.name}'`
    const values = batch[name]
    if (values === undefined) {
      throw new ConfigurationError({
        code: 'FIELD_MISSING',
        message: `${owner} needs the field '${name}' of the data for '${feed}', but the batch has ${Object.keys(batch).join(', ') || 'nothing'}.`,
        fix: 'Build the model for the fields of this data set.',
      })
    }
    const field = this.#options.fields?.[name]
    const modality = modalities.find((each) => each.name === field?.modality)
    if (field !== undefined) modality?.check?.(`${owner}, field '${name}'`, field, values)
    return values
  }
}

/**
 * Draws the rows that belong to a share: index, index + count … of the whole batch. Each row has its own place in the stream, so
 * that it is the same however many shares there are.
 */
function fillShare(
  random: RandomStream,
  data: Float32Array | Float64Array,
  distribution: 'normal' | 'uniform',
  step: number,
  { index, count, rows }: BatchShare,
): void {
  const length = data.length / rows
  const words = wordsOf(distribution, length)
  for (let own = 0; own < rows; own++) {
    random.seek((step * rows * count + own * count + index) * words)
    random.fill(distribution, data.subarray(own * length, (own + 1) * length))
  }
}

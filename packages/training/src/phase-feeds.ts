import {
  type Batch,
  ConfigurationError,
  type DrawFeed,
  type Feed,
  type FeedSource,
  type NDArray,
  ndarray,
  type Phase,
  RandomStream,
  sizeOfShape,
  UnsupportedError,
} from '@gantry/core'
import { checkLabels } from './check-labels.ts'
import { wordsOf } from './latents.ts'

type Feeds = Record<string, NDArray>

/**
 * Makes the feeds of one phase. Every random feed has its own stream of the seed, and every step its own place in it: a
 * run that was interrupted draws what it would have drawn.
 */
export class PhaseFeeds {
  /** Random feeds: the declared ones, and those that the session has asked for. */
  readonly #random = new Map<string, Feed>()
  readonly #phase: Phase<unknown>
  readonly #seed: number
  readonly #classes: number | undefined
  #ahead: { readonly step: number; readonly feeds: Feeds } | undefined

  /** @param classes number of classes that the model knows */
  constructor(phase: Phase<unknown>, seed: number, classes?: number) {
    this.#phase = phase
    this.#seed = seed
    this.#classes = classes
    for (const [name, feed] of Object.entries(phase.feeds)) {
      if (feed.source.from === 'random') this.#random.set(name, feed)
    }
  }

  /**
   * @throws ConfigurationError `LABELS_MISSING` when the phase needs labels that the data set lacks; DataError
   * `LABEL_OUT_OF_RANGE`, `LABEL_COUNT_MISMATCH`; UnsupportedError `RANDOM_DTYPE` for random feeds that are no floats.
   */
  at(step: number, batch: Batch): Feeds {
    const feeds = this.#ahead?.step === step ? this.#ahead.feeds : this.#draw(step)
    for (const [name, { source }] of Object.entries(this.#phase.feeds)) {
      if (source.from === 'samples') feeds[name] = batch.samples
      else if (source.from === 'labels') feeds[name] = this.#labels(name, batch)
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
    const array = ndarray(feed.dtype, feed.shape)
    if (!(array.data instanceof Float32Array || array.data instanceof Float64Array)) {
      throw new UnsupportedError({
        code: 'RANDOM_DTYPE',
        message: `Phase '${this.#phase.name}': the random feed '${name}' is ${feed.dtype} but random draws are floats.`,
      })
    }
    const random = new RandomStream(this.#seed, `${this.#phase.name}/${name}`)
    random.seek(step * wordsOf(distribution, sizeOfShape(feed.shape)))
    random.fill(distribution, array.data)
    return array
  }

  #labels(feed: string, { samples, labels }: Batch): NDArray {
    if (labels !== undefined) {
      checkLabels(`Phase '${this.#phase.name}'`, { samples, labels }, this.#classes)
      return labels
    }
    throw new ConfigurationError({
      code: 'LABELS_MISSING',
      message: `Phase '${this.#phase.name}' needs labels for '${feed}' but the data set has none.`,
      fix: 'Use a labelled data set, or an unconditional variant.',
    })
  }
}

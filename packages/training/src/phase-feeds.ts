import {
  type Batch,
  ConfigurationError,
  type Feed,
  type FeedSource,
  type NDArray,
  ndarray,
  type Phase,
  RandomStream,
  sizeOfShape,
  UnsupportedError,
} from '@gantry/core'
import { wordsOf } from './latents.ts'

type Feeds = Record<string, NDArray>

/**
 * Makes the feeds of one phase. Every random feed has its own stream of the seed, and every step its own place in it: a
 * run that was interrupted draws what it would have drawn.
 */
export class PhaseFeeds {
  readonly #phase: Phase<unknown>
  readonly #seed: number
  #ahead: { readonly step: number; readonly feeds: Feeds } | undefined

  constructor(phase: Phase<unknown>, seed: number) {
    this.#phase = phase
    this.#seed = seed
  }

  /**
   * @throws ConfigurationError `LABELS_MISSING` when the phase needs labels that the data set lacks; UnsupportedError
   * `RANDOM_DTYPE` for random feeds that are no floats.
   */
  at(step: number, batch: Batch): Feeds {
    const feeds = this.#ahead?.step === step ? this.#ahead.feeds : this.#draw(step)
    for (const [name, { source }] of Object.entries(this.#phase.feeds)) {
      if (source.from === 'samples') feeds[name] = batch.samples
      else if (source.from === 'labels') feeds[name] = batch.labels ?? this.#labelsMissing(name)
    }
    return feeds
  }

  /** Draws for a later step; called while the engine is busy with the present one. */
  drawAhead(step: number): void {
    this.#ahead = { step, feeds: this.#draw(step) }
  }

  #draw(step: number): Feeds {
    const feeds: Feeds = {}
    for (const [name, feed] of Object.entries(this.#phase.feeds)) {
      if (feed.source.from === 'random') feeds[name] = this.#drawFeed(name, feed, feed.source, step)
    }
    return feeds
  }

  #drawFeed(name: string, feed: Feed, { distribution }: FeedSource & { from: 'random' }, step: number): NDArray {
    const array = ndarray(feed.dtype, feed.shape)
    if (!(array.data instanceof Float32Array || array.data instanceof Float64Array)) {
      throw new UnsupportedError({
        code: 'RANDOM_DTYPE',
        message: `Phase '${this.#phase.name}': the random feed '${name}' is ${feed.dtype} but random draws are floats.`,
      })
    }
    const random = new RandomStream(this.#seed, `${this.#phase.name}/${name}`)
    random.seek(step * wordsOf(distribution, sizeOfShape(feed.shape)))
    distribution === 'normal' ? random.fillNormal(array.data) : random.fillUniform(array.data)
    return array
  }

  #labelsMissing(feed: string): never {
    throw new ConfigurationError({
      code: 'LABELS_MISSING',
      message: `Phase '${this.#phase.name}' needs labels for '${feed}' but the data set has none.`,
      fix: 'Use a labelled data set, or an unconditional variant.',
    })
  }
}

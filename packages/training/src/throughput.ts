import type { RunEventOf } from '@gantry/core'

/** Images per second over a moving window: a slow first step, or a pause for a checkpoint, fades from it. */
export class Throughput {
  readonly #window: number
  #marks: { readonly at: number; readonly images: number }[]

  /** @param start and every later time in seconds, of any clock that does not jump */
  constructor(start: number, windowSeconds = 10) {
    this.#window = windowSeconds
    this.#marks = [{ at: start, images: 0 }]
  }

  /** @param images seen since the start */
  record(at: number, images: number): void {
    this.#marks.push({ at, images })
    // The mark before the window's edge stays: the window is at least as long as one step.
    const inside = this.#marks.findIndex((mark) => mark.at > at - this.#window)
    this.#marks = this.#marks.slice(Math.max(0, inside - 1))
  }

  get imagesPerSecond(): number {
    const first = this.#marks[0]!
    const last = this.#marks.at(-1)!
    return last.at === first.at ? 0 : (last.images - first.images) / (last.at - first.at)
  }
}

/** Seconds until the last step at the present speed; undefined before there is one. */
export function secondsRemaining(event: RunEventOf<'step'>, batchSize: number): number | undefined {
  const images = (event.steps - event.step) * batchSize
  return event.imagesPerSecond > 0 ? images / event.imagesPerSecond : undefined
}

import type { RunEventOf } from '@gantry/core'

/** Samples per second over a moving window: a slow first step, or a pause for a checkpoint, fades from it. */
export class Throughput {
  readonly #window: number
  #marks: { readonly at: number; readonly samples: number }[]

  /** @param start and every later time in seconds, of any clock that does not jump */
  constructor(start: number, windowSeconds = 10) {
    this.#window = windowSeconds
    this.#marks = [{ at: start, samples: 0 }]
  }

  /** @param samples seen since the start */
  record(at: number, samples: number): void {
    this.#marks.push({ at, samples })
    // The mark before the window's edge stays: the window is at least as long as one step.
    const inside = this.#marks.findIndex((mark) => mark.at > at - this.#window)
    this.#marks = this.#marks.slice(Math.max(0, inside - 1))
  }

  get samplesPerSecond(): number {
    const first = this.#marks[0]!
    const last = this.#marks.at(-1)!
    return last.at === first.at ? 0 : (last.samples - first.samples) / (last.at - first.at)
  }
}

/** Seconds until the last step at the present speed; undefined before there is one. */
export function secondsRemaining(event: RunEventOf<'step'>, batchSize: number): number | undefined {
  const samples = (event.steps - event.step) * batchSize
  return event.samplesPerSecond > 0 ? samples / event.samplesPerSecond : undefined
}

/** Milliseconds of a sample, before the first has been made. */
const USUAL = 5

/** How long a model takes for a sample, as of late. */
export class Pace {
  #milliseconds: number | undefined

  /** Of a batch that was made. The first runs of a session are slow: nobody is sent away for long because of them. */
  learn(milliseconds: number, rows: number): void {
    const own = milliseconds / rows
    const before = this.#milliseconds ?? own
    this.#milliseconds = before + (own < before ? 0.5 : 0.1) * (own - before)
  }

  /** Milliseconds that a worker takes for so many samples, as far as that is known: before the first, none. */
  millisecondsOf(rows: number): number {
    return rows * (this.#milliseconds ?? 0)
  }

  /** Samples that a worker makes in so many milliseconds, most likely. */
  rowsIn(milliseconds: number): number {
    return Math.floor(milliseconds / (this.#milliseconds ?? USUAL))
  }
}

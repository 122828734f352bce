/** Milliseconds of a turn of the event loop. */
const MOST_MILLISECONDS = 8

/**
 * Work that takes the server's own thread a few milliseconds at most: reading a small body, drawing inputs, writing a small answer.
 * Where a hundred requests come together, some of it is done in each turn of the event loop, in order, so that nobody waits for all
 * of it.
 */
export class ShortWork {
  readonly #waiting: (() => void)[] = []
  readonly #most: number
  #spent = 0
  #isScheduled = false

  /** @param most milliseconds of a turn after which the rest waits for the next one */
  constructor(most = MOST_MILLISECONDS) {
    this.#most = most
  }

  /** Does it at once, or in a later turn where this one has had its share. */
  run<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const job = () => {
        const start = performance.now()
        try {
          resolve(work())
        } catch (error) {
          reject(error)
        } finally {
          this.#spent += performance.now() - start
          this.#schedule()
        }
      }
      if (this.#waiting.length === 0 && this.#spent < this.#most) job()
      else this.#waiting.push(job)
    })
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => this.#turn())
  }

  #turn(): void {
    this.#isScheduled = false
    this.#spent = 0
    while (this.#waiting.length > 0 && this.#spent < this.#most) this.#waiting.shift()!()
  }
}

import { RequestError } from './request-error.ts'

/** What requests hold together at most: each may be within its limits, and all of them still be too much. */
export class Budget {
  readonly #most: number
  readonly #what: string
  #held = 0

  /** @param what there is too much of, as clients are told: 'Bodies' */
  constructor(most: number, what: string) {
    this.#most = most
    this.#what = what
  }

  /** @throws RequestError `OVERLOADED` */
  take(amount: number): void {
    if (this.#held + amount > this.#most) {
      throw new RequestError({
        status: 429,
        code: 'OVERLOADED',
        message: `${this.#what} of others fill this server.`,
        fix: 'Ask again in 1 s.',
        retryAfter: 1,
      })
    }
    this.#held += amount
  }

  giveBack(amount: number): void {
    this.#held -= amount
  }
}

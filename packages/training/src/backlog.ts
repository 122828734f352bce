/**
 * Work that is finished in the order in which it was added, while the loop goes on: results of phases, events, files.
 *
 * The first error ends it. What was added later does not begin, and everyone who asks hears of the error.
 */
export class Backlog {
  readonly #unfinished: Promise<void>[] = []
  #last: Promise<void> = Promise.resolve()
  #failure: { readonly error: unknown } | undefined

  /** Begins the task once all before it have succeeded. */
  add(task: () => Promise<void>): void {
    this.#last = this.#last.then(task)
    this.#last.catch((error) => {
      this.#failure ??= { error }
    })
    this.#unfinished.push(this.#last)
  }

  /** @throws the first error, as soon as there is one */
  check(): void {
    if (this.#failure) throw this.#failure.error
  }

  /**
   * Waits until at most `limit` tasks are unfinished.
   *
   * @throws the first error
   */
  async atMost(limit: number): Promise<void> {
    while (this.#unfinished.length > limit) await this.#unfinished.shift()
    this.check()
  }

  /** Waits for what has begun, whatever becomes of it. */
  async settle(): Promise<void> {
    await this.#last.catch(() => {})
  }
}

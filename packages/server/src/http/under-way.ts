/** Requests that are being answered. */
export class UnderWay {
  readonly #running = new Set<Promise<void>>()

  async during(work: () => Promise<void>): Promise<void> {
    const running = work()
    this.#running.add(running)
    try {
      await running
    } finally {
      this.#running.delete(running)
    }
  }

  /** Settles when all that run now have ended; what begins meanwhile is not waited for. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#running)
  }
}

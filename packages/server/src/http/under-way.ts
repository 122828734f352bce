/** Requests that are being answered. */
export class UnderWay {
  readonly #running = new Set<Promise<void>>()

  during(work: () => Promise<void>): Promise<void> {
    const running = work()
    const end = () => void this.#running.delete(running)
    this.#running.add(running)
    running.then(end, end)
    return running
  }

  /** Settles when all that run now have ended; what begins meanwhile is not waited for. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#running)
  }
}

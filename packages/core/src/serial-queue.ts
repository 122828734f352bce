/** Runs asynchronous tasks one after another, in the order in which they came; a task that fails stops no other. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve()

  add<Result>(task: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(task)
    this.#last = result.catch(() => undefined)
    return result
  }
}

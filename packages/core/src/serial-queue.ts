/**
 * Starts asynchronous tasks in the order in which they came, one after another; a task that fails stops no other.
 *
 * @example
 * ```ts
 * const queue = new SerialQueue()
 * const [first, second] = [queue.add(readHeader), queue.add(readBody)] // readBody starts when readHeader has settled
 * ```
 */
export class SerialQueue {
  readonly #depth: number
  /** When the newest task has started. */
  #started: Promise<unknown> = Promise.resolve()
  /** When each of the newest `depth` tasks has settled, oldest first. */
  #settled: Promise<void>[] = []

  /**
   * @param depth how many tasks may be under way at once. More than 1 is for tasks that hand their work to something that
   * is serial itself: the next is there by the time it has finished one.
   */
  constructor(depth = 1) {
    this.#depth = depth
  }

  add<Result>(task: () => Promise<Result>): Promise<Result> {
    const room = this.#settled.length < this.#depth ? undefined : this.#settled.shift()
    return this.#start(room, task)
  }

  /** Adds a task that starts once all before it have settled. */
  addLast<Result>(task: () => Promise<Result>): Promise<Result> {
    return this.#start(Promise.all(this.#settled.splice(0)), task)
  }

  #start<Result>(room: Promise<unknown> | undefined, task: () => Promise<Result>): Promise<Result> {
    // What one start resolves with goes with the next: were it kept, so would be what every task before gave.
    this.#started = this.#started.then(() => room)
    const result = this.#started.then(task)
    this.#settled.push(result.then(nothing, nothing))
    return result
  }
}

function nothing(): void {}

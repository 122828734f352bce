import type { Arrays } from '../models/batch-queue.ts'
import type { ShortWork } from '../threads/short-work.ts'
import { TaskThreads } from '../threads/task-threads.ts'
import type { Sent } from './pictures.ts'
import { type Presentation, present } from './present.ts'

/** Numbers of what is presented in this thread: that takes a few tenths of a millisecond. */
const MOST_HERE = 4096

/** Makes bytes of what a model made: of a little in this thread, of much in others, so that nobody else waits for them. */
export class Presenter {
  readonly #threads = new TaskThreads()
  readonly #shortWork: ShortWork

  constructor(shortWork: ShortWork) {
    this.#shortWork = shortWork
  }

  /** @throws RequestError where it cannot be shown so */
  present(presentation: Presentation, outputs: Arrays): Promise<readonly Sent[]> {
    const numbers = Object.values(outputs).reduce((sum, { data }) => sum + data.length, 0)
    if (numbers <= MOST_HERE) return this.#shortWork.run(() => present(presentation, outputs))
    // Rows of a batch: to send a view is to send all that it is of.
    const own = Object.fromEntries(
      Object.entries(outputs).map(([name, array]) => [name, { ...array, data: array.data.slice() }]),
    ) as Arrays
    const moved = Object.values(own).map(({ data }) => data.buffer as ArrayBuffer)
    return this.#threads.run('present', { presentation, outputs: own }, moved)
  }

  /** One alone. */
  async presentOne(presentation: Presentation, outputs: Arrays): Promise<Sent> {
    return (await this.present(presentation, outputs))[0]!
  }

  close(): Promise<void> {
    return this.#threads.close()
  }
}

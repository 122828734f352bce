import { TrainingError } from '@gantry/core'
import { SerialQueue } from './serial-queue.ts'

/** The life of a session: its calls run one at a time until it is disposed, which happens once and after them. */
export class Lifecycle {
  readonly #owner: string
  readonly #queue = new SerialQueue()
  #disposal: Promise<void> | undefined

  constructor(owner: string) {
    this.#owner = owner
  }

  /** @throws (rejects) TrainingError `SESSION_DISPOSED`. */
  call<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.#disposal === undefined) return this.#queue.add(task)
    return Promise.reject(
      new TrainingError({
        code: 'SESSION_DISPOSED',
        message: `The session of '${this.#owner}' is disposed.`,
        fix: 'Prepare or load the model again.',
      }),
    )
  }

  dispose(release: () => Promise<void>): Promise<void> {
    this.#disposal ??= this.#queue.add(release)
    return this.#disposal
  }
}

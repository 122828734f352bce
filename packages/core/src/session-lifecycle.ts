import { TrainingError } from './errors.ts'
import { SerialQueue } from './serial-queue.ts'

/** The life of a session: its calls run in their order until it is disposed, which happens once and after them. */
export class SessionLifecycle {
  readonly #owner: string
  readonly #queue: SerialQueue
  #disposal: Promise<void> | undefined

  /** @param queue shared by sessions that must take turns; default: one of its own */
  constructor(owner: string, queue: SerialQueue = new SerialQueue()) {
    this.#owner = owner
    this.#queue = queue
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

  dispose(release: () => Promise<void> = async () => undefined): Promise<void> {
    this.#disposal ??= this.#queue.addLast(release)
    return this.#disposal
  }
}

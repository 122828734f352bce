import { type Reading, type ReadingKind, type ReadRequest, readAs } from '../generation/read-as.ts'
import type { ShortWork } from '../threads/short-work.ts'
import { TaskThreads } from '../threads/task-threads.ts'
import type { Exchange } from './exchange.ts'
import { type BodyLimits, withBody } from './read-body.ts'

/** Bytes of a body that is read in this thread: that takes three milliseconds, even where it is all numbers. */
const MOST_HERE = 2 ** 16

/** Reads bodies: small ones in this thread, large ones in others, so that nobody else waits for them. */
export class BodyReader {
  readonly #limits: BodyLimits
  // Of its own: who sends large bodies holds up no answer.
  readonly #threads = new TaskThreads()
  readonly #shortWork: ShortWork

  constructor(limits: BodyLimits, shortWork: ShortWork) {
    this.#limits = limits
    this.#shortWork = shortWork
  }

  /** @throws RequestError for whatever the body is not; those of {@link withBody} */
  read<Kind extends ReadingKind>(exchange: Exchange, reading: Reading<Kind>): Promise<ReadRequest<Kind>> {
    const read = (body: Uint8Array<ArrayBuffer>) =>
      body.byteLength <= MOST_HERE
        ? this.#shortWork.run(() => readAs(reading as Reading, body))
        : this.#threads.run('read', { reading: reading as Reading, body }, [body.buffer])
    return withBody(exchange, this.#limits, read) as Promise<ReadRequest<Kind>>
  }

  close(): Promise<void> {
    return this.#threads.close()
  }
}

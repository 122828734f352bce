import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { RequestError, type RequestErrorOptions } from '../http/request-error.ts'
import type { Arrays } from '../models/batch-queue.ts'
import type { Sent } from './pictures.ts'
import { type Presentation, present } from './present.ts'

/** Numbers of what is presented at once: under load dozens come together, and each takes a few tenths of a millisecond. */
const MOST_AT_ONCE = 4096

const MOST_THREADS = 4

export interface PresentRequest {
  readonly id: number
  readonly presentation: Presentation
  readonly outputs: Arrays
}

export type PresentReply =
  | { readonly id: number; readonly sent: readonly Sent[] }
  /** What the client is told; what it is not told is only `failure`. */
  | { readonly id: number; readonly refused: RequestErrorOptions }
  | { readonly id: number; readonly failure: string }

interface Pending {
  resolve(sent: readonly Sent[]): void
  reject(error: Error): void
}

/** Makes bytes of what a model made: of a little at once, of much in threads, so that nobody else waits for them. */
export class Presenter {
  readonly #threads = new Set<PresenterThread>()
  readonly #most = Math.min(MOST_THREADS, Math.max(1, Math.floor(availableParallelism() / 2)))

  /** @throws RequestError where it cannot be shown so */
  present(presentation: Presentation, outputs: Arrays): Promise<readonly Sent[]> {
    const numbers = Object.values(outputs).reduce((sum, { data }) => sum + data.length, 0)
    return numbers <= MOST_AT_ONCE ? present(presentation, outputs) : this.#thread().present(presentation, outputs)
  }

  /** One alone. */
  async presentOne(presentation: Presentation, outputs: Arrays): Promise<Sent> {
    return (await this.present(presentation, outputs))[0]!
  }

  async close(): Promise<void> {
    await Promise.all([...this.#threads].map((thread) => thread.end()))
  }

  /** An idle one, a new one, or the one with the least to do. */
  #thread(): PresenterThread {
    const [least] = [...this.#threads].sort((one, other) => one.busy - other.busy)
    if (least !== undefined && (least.busy === 0 || this.#threads.size >= this.#most)) return least
    const started = new PresenterThread(() => this.#threads.delete(started))
    this.#threads.add(started)
    return started
  }
}

// Workers of Node 20 load no TypeScript: tests, which run the sources, take the built file.
const ENTRY = import.meta.url.endsWith('.ts') ? '../../dist/generation/presenter-thread.js' : './presenter-thread.js'

class PresenterThread {
  readonly #worker: Worker
  readonly #pending = new Map<number, Pending>()
  #next = 0

  /** @param onEnd told when it has ended, by itself or not */
  constructor(onEnd: () => void) {
    this.#worker = new Worker(new URL(ENTRY, import.meta.url), { execArgv: [] })
    this.#worker.unref()
    this.#worker.on('message', (reply: PresentReply) => this.#settle(reply))
    const onLost = (error: Error) => {
      onEnd()
      for (const { reject } of this.#pending.values()) reject(error)
      this.#pending.clear()
    }
    this.#worker.on('error', onLost)
    this.#worker.on('exit', (code) => onLost(new Error(`The thread that makes pictures ended with ${code}.`)))
  }

  get busy(): number {
    return this.#pending.size
  }

  present(presentation: Presentation, outputs: Arrays): Promise<readonly Sent[]> {
    const id = this.#next++
    // Rows of a batch: to send a view is to send all that it is of.
    const own = Object.fromEntries(
      Object.entries(outputs).map(([name, array]) => [name, { ...array, data: array.data.slice() }]),
    ) as Arrays
    const request: PresentRequest = { id, presentation, outputs: own }
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      this.#worker.ref()
      this.#worker.postMessage(
        request,
        Object.values(own).map(({ data }) => data.buffer as ArrayBuffer),
      )
    })
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }

  #settle(reply: PresentReply): void {
    const pending = this.#pending.get(reply.id)
    this.#pending.delete(reply.id)
    if (this.#pending.size === 0) this.#worker.unref()
    if ('sent' in reply) pending?.resolve(reply.sent)
    else pending?.reject('refused' in reply ? new RequestError(reply.refused) : new Error(reply.failure))
  }
}

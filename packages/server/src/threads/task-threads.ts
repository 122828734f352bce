import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { RequestError, type RequestErrorOptions } from '../http/request-error.ts'
import type { TaskName, TaskParameters, TaskResult } from './tasks.ts'

const MOST_THREADS = 4

export interface TaskCall {
  readonly id: number
  readonly task: TaskName
  readonly parameters: unknown
}

export type TaskReply =
  | { readonly id: number; readonly result: unknown }
  /** What the client is told; what it is not told is only `failure`. */
  | { readonly id: number; readonly refused: RequestErrorOptions }
  | { readonly id: number; readonly failure: string }

interface Pending {
  resolve(result: never): void
  reject(error: Error): void
}

/** Threads for what would hold up everybody else. They are started when they are needed, and keep no process alive. */
export class TaskThreads {
  readonly #threads = new Set<TaskThread>()
  readonly #most = Math.min(MOST_THREADS, Math.max(1, Math.floor(availableParallelism() / 2)))

  /**
   * @param moved buffers of the parameters that nobody here needs any more
   * @throws RequestError what the task has found wrong with the request
   */
  run<Name extends TaskName>(
    task: Name,
    parameters: TaskParameters<Name>,
    moved: readonly ArrayBuffer[] = [],
  ): Promise<TaskResult<Name>> {
    return this.#thread().run(task, parameters, moved)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#threads].map((thread) => thread.end()))
  }

  /** An idle one, a new one, or the one with the least to do. */
  #thread(): TaskThread {
    const [least] = [...this.#threads].sort((one, other) => one.busy - other.busy)
    if (least !== undefined && (least.busy === 0 || this.#threads.size >= this.#most)) return least
    const started = new TaskThread(() => this.#threads.delete(started))
    this.#threads.add(started)
    return started
  }
}

// Workers of Node 20 load no TypeScript: tests, which run the sources, take the built file.
const ENTRY = import.meta.url.endsWith('.ts') ? '../../dist/threads/task-thread.js' : './task-thread.js'

class TaskThread {
  readonly #worker: Worker
  readonly #pending = new Map<number, Pending>()
  #next = 0

  /** @param onEnd told when it has ended, by itself or not */
  constructor(onEnd: () => void) {
    this.#worker = new Worker(new URL(ENTRY, import.meta.url), { execArgv: [] })
    this.#worker.unref()
    this.#worker.on('message', (reply: TaskReply) => this.#settle(reply))
    const onLost = (error: Error) => {
      onEnd()
      for (const { reject } of this.#pending.values()) reject(error)
      this.#pending.clear()
    }
    this.#worker.on('error', onLost)
    this.#worker.on('exit', (code) => onLost(new Error(`A thread of the server ended with ${code}.`)))
  }

  get busy(): number {
    return this.#pending.size
  }

  run<Result>(task: TaskName, parameters: unknown, moved: readonly ArrayBuffer[]): Promise<Result> {
    const id = this.#next++
    const call: TaskCall = { id, task, parameters }
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      this.#worker.ref()
      this.#worker.postMessage(call, moved)
    })
  }

  async end(): Promise<void> {
    await this.#worker.terminate()
  }

  #settle(reply: TaskReply): void {
    const pending = this.#pending.get(reply.id)
    this.#pending.delete(reply.id)
    if (this.#pending.size === 0) this.#worker.unref()
    if ('result' in reply) pending?.resolve(reply.result as never)
    else pending?.reject('refused' in reply ? new RequestError(reply.refused) : new Error(reply.failure))
  }
}

import { SerialQueue, TrainingError } from '@gantry/core'
import { startThread } from '#platform/thread'
import { decodeError } from './error-codec.ts'
import { transferables } from './transferables.ts'
import type { Reply, Request, Thread, WorkerTask } from './worker-protocol.ts'

interface PendingCall {
  readonly method: string
  resolve(value: never): void
  reject(error: Error): void
}

type AsyncMethod = (...parameters: never[]) => Promise<unknown>

/** Names of the methods of `Host` that can be called from another thread. */
type MethodsOf<Host> = { [Name in keyof Host]: Host[Name] extends AsyncMethod ? Name : never }[keyof Host] & string

/**
 * A host in a worker thread: `session.run` blocks its thread, and the event loop must stay free for servers, for pages and
 * for drawing the next batch.
 *
 * Arrays are moved both ways, those of the task and of parameters too: callers copy what they want to keep. While no call
 * is pending, the worker does not keep the process alive.
 */
export class WorkerClient<Host> {
  readonly #thread: Thread
  readonly #pending = new Map<number, PendingCall>()
  #nextId = 0
  #lost: string | undefined
  /** The worker may be another client's by now. */
  #hasLeft = false

  /**
   * Starts a worker and waits until its host is there; rejects with the error of the host's creation.
   *
   * @param entry the worker's script, by default this package's
   */
  static async start<Host>(task: WorkerTask, entry?: URL): Promise<WorkerClient<Host>> {
    const client = new WorkerClient<Host>(task, entry)
    try {
      await client.#expectReply('create')
    } catch (error) {
      await client.terminate()
      throw error
    }
    return client
  }

  private constructor(task: WorkerTask, entry?: URL) {
    const onReply = (reply: Reply) => this.#settle(reply)
    const onLost = (reason: string) => this.#lose(reason)
    this.#thread = startThread(task, { onReply, onLost }, entry)
  }

  /** Calls a method of the host; rejects with its error, or TrainingError `WORKER_LOST` when the worker is gone. */
  call<Name extends MethodsOf<Host>>(
    method: Name,
    ...parameters: Host[Name] extends (...parameters: infer P) => unknown ? P : never
  ): Host[Name] extends (...parameters: never[]) => infer Result ? Result : never {
    return this.#request(method, parameters) as never
  }

  /** Disposes the host and leaves the worker to another session; one whose host cannot be disposed ends. */
  async close(): Promise<void> {
    const disposed = this.#request('dispose', [])
    this.#lost ??= 'its session is closed'
    try {
      await disposed
    } catch {
      return this.terminate()
    }
    this.#hasLeft = true
    this.#lose(this.#lost)
    await this.#thread.leave()
  }

  /** Ends the worker, after the native call that it may be in; calls that have not begun reject. */
  async terminate(): Promise<void> {
    if (!this.#hasLeft) await this.#thread.end()
  }

  #request(method: string, parameters: readonly unknown[]): Promise<unknown> {
    const request: Request = { id: this.#nextId, method, parameters }
    const reply = this.#expectReply(method)
    if (this.#lost === undefined) this.#thread.post(request, transferables(parameters))
    return reply
  }

  #expectReply(method: string): Promise<unknown> {
    if (this.#lost !== undefined) return Promise.reject(workerLost(method, this.#lost))
    this.#thread.hold(true)
    return new Promise((resolve, reject) => this.#pending.set(this.#nextId++, { method, resolve, reject }))
  }

  #settle(reply: Reply): void {
    const call = this.#pending.get(reply.id)
    this.#pending.delete(reply.id)
    if (this.#pending.size === 0) this.#thread.hold(false)
    if ('error' in reply) call?.reject(decodeError(reply.error))
    else call?.resolve(reply.value as never)
  }

  #lose(reason: string): void {
    this.#lost ??= reason
    for (const { method, reject } of this.#pending.values()) reject(workerLost(method, this.#lost))
    this.#pending.clear()
  }
}

/**
 * The queue of a session's calls. Two are on their way at a time: the worker begins the next one without waiting until its
 * answer to the first has come here and been dealt with. Feeds of later calls are not copied before it is their turn.
 */
export function callQueue(): SerialQueue {
  return new SerialQueue(2)
}

function workerLost(method: string, reason: string): TrainingError {
  return new TrainingError({
    code: 'WORKER_LOST',
    message: `The worker of ONNX Runtime is gone, and '${method}' with it: ${reason}.`,
    fix: 'Prepare the model again and go on from the last checkpoint.',
  })
}

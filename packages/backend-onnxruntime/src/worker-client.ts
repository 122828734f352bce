import { Worker } from 'node:worker_threads'
import { SerialQueue, TrainingError } from '@gantry/core'
import { builtFile } from './built-file.ts'
import { decodeError } from './error-codec.ts'
import { NativeGate } from './native-gate.ts'
import { transferables } from './transferables.ts'
import type { Reply, Request, WorkerData, WorkerTask } from './worker-protocol.ts'

/** The worker makes few objects: V8's own choice would set 30 MB aside for young ones. */
const resourceLimits = { maxYoungGenerationSizeMb: 8 }

const gates = new Set<NativeGate>()
process.on('exit', () => {
  for (const gate of gates) gate.closeAtExit()
})

interface PendingCall {
  readonly method: string
  resolve(value: never): void
  reject(error: Error): void
}

type AsyncMethod = (...parameters: never[]) => Promise<unknown>

/** Names of the methods of `Host` that can be called from another thread. */
type MethodsOf<Host> = { [Name in keyof Host]: Host[Name] extends AsyncMethod ? Name : never }[keyof Host] & string

/**
 * A host in a worker thread: `session.run` blocks its thread natively, and the event loop must stay free for servers
 * and for drawing the next batch.
 *
 * Arrays are moved both ways, those of the task and of parameters too: callers copy what they want to keep. While no call
 * is pending, the worker does not keep the process alive.
 */
export class WorkerClient<Host> {
  readonly #gate = new NativeGate()
  readonly #worker: Worker
  readonly #pending = new Map<number, PendingCall>()
  #nextId = 0
  #lost: string | undefined

  /** Starts a worker and waits until its host is there; rejects with the error of the host's creation. */
  static async start<Host>(task: WorkerTask, entry = builtFile('worker')): Promise<WorkerClient<Host>> {
    const client = new WorkerClient<Host>(task, entry)
    try {
      await client.#expectReply('create')
    } catch (error) {
      await client.terminate()
      throw error
    }
    return client
  }

  private constructor(task: WorkerTask, entry: URL) {
    const workerData: WorkerData = { task, gate: this.#gate.shared }
    const transferList = transferables(task)
    // Without the parent's flags: a test runner's `--conditions=source` would lead the worker to TypeScript files.
    this.#worker = new Worker(entry, { workerData, transferList, execArgv: [], resourceLimits })
    gates.add(this.#gate)
    this.#worker.on('message', (reply: Reply) => this.#settle(reply))
    this.#worker.on('error', (error) => this.#lose(`it threw ${error.name}: ${error.message}`))
    this.#worker.on('exit', (code) => this.#lose(`it exited with code ${code}`))
  }

  /** Calls a method of the host; rejects with its error, or TrainingError `WORKER_LOST` when the worker is gone. */
  call<Name extends MethodsOf<Host>>(
    method: Name,
    ...parameters: Host[Name] extends (...parameters: infer P) => unknown ? P : never
  ): Host[Name] extends (...parameters: never[]) => infer Result ? Result : never {
    const request: Request = { id: this.#nextId, method, parameters }
    const reply = this.#expectReply(method)
    this.#worker.postMessage(request, transferables(parameters))
    return reply as never
  }

  /** Ends the worker, after the native call that it may be in; calls that have not begun reject. */
  async terminate(): Promise<void> {
    await this.#gate.close()
    await this.#worker.terminate()
  }

  #expectReply(method: string): Promise<unknown> {
    if (this.#lost !== undefined) return Promise.reject(workerLost(method, this.#lost))
    this.#worker.ref()
    return new Promise((resolve, reject) => this.#pending.set(this.#nextId++, { method, resolve, reject }))
  }

  #settle(reply: Reply): void {
    const call = this.#pending.get(reply.id)
    this.#pending.delete(reply.id)
    if (this.#pending.size === 0) this.#worker.unref()
    if ('error' in reply) call?.reject(decodeError(reply.error))
    else call?.resolve(reply.value as never)
  }

  #lose(reason: string): void {
    this.#lost ??= reason
    gates.delete(this.#gate)
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
    message: `The worker thread of ONNX Runtime is gone, and '${method}' with it: ${reason}.`,
    fix: 'Prepare the model again and go on from the last checkpoint.',
  })
}

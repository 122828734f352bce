import { clearTimeout, setTimeout } from 'node:timers'
import { Worker } from 'node:worker_threads'
import { transferables } from '../transferables.ts'
import type { Reply, Request, Thread, ThreadListeners, WorkerTask } from '../worker-protocol.ts'
import { builtFile } from './built-file.ts'
import { startChildProcess } from './child-process.ts'
import { NativeGate } from './native-gate.ts'
import type { WorkerData, WorkerMessage } from './worker.ts'

/** The worker makes few objects: V8's own choice would set 30 MB aside for young ones. */
const resourceLimits = { maxYoungGenerationSizeMb: 8 }

/** How long a thread without a session waits for the next: starting one takes up to 0.4 s of a core, most of it for libraries. */
const IDLE_MILLISECONDS = 10_000

const nobody: ThreadListeners = { onReply: () => undefined, onLost: () => undefined }

const gates = new Set<NativeGate>()
process.on('exit', () => {
  for (const gate of gates) gate.closeAtExit()
})

/** Those without a session, the newest last. */
const idle = new Set<HostThread>()

/**
 * Moves a task's arrays to a worker thread: one that is left over from an earlier session, or a new one. Of an isolated task it is a
 * process.
 *
 * @param entry the script of a new thread, by default this package's
 */
export function startThread(task: WorkerTask, listeners: ThreadListeners, entry?: URL): Thread {
  if (task.settings.isolate) return startChildProcess(task, listeners)
  const thread = (entry === undefined ? [...idle].at(-1) : undefined) ?? new HostThread(entry)
  try {
    thread.serve(task, listeners)
  } catch (error) {
    void thread.end()
    throw error
  }
  return thread
}

/** Ends the threads at once that wait for another session, instead of 10 s after the last one. */
export async function endIdleThreads(): Promise<void> {
  await Promise.all([...idle].map((thread) => thread.end()))
}

class HostThread implements Thread {
  readonly #worker: Worker
  /** Whether its script is this package's, so that it can serve any session. */
  readonly #isOurs: boolean
  readonly #gate = new NativeGate()
  #listeners = nobody
  #expiry: NodeJS.Timeout | undefined
  #hasEnded = false

  constructor(entry: URL | undefined) {
    this.#isOurs = entry === undefined
    const workerData: WorkerData = { gate: this.#gate.shared }
    // Without the parent's flags: a test runner's `--conditions=source` would lead the worker to TypeScript files.
    this.#worker = new Worker(entry ?? builtFile('worker'), { workerData, execArgv: [], resourceLimits })
    gates.add(this.#gate)
    this.#worker.on('message', (reply: Reply) => this.#listeners.onReply(reply))
    this.#worker.on('error', (error) => this.#listeners.onLost(`it threw ${error.name}: ${error.message}`))
    this.#worker.on('exit', (code) => {
      gates.delete(this.#gate)
      this.#awake()
      this.#listeners.onLost(`it exited with code ${code}`)
    })
  }

  serve(task: WorkerTask, listeners: ThreadListeners): void {
    this.#awake()
    this.#listeners = listeners
    this.#worker.postMessage({ task } satisfies WorkerMessage, transferables(task))
  }

  post(request: Request, transfer: ArrayBuffer[]): void {
    this.#worker.postMessage(request, transfer)
  }

  hold(isHeld: boolean): void {
    isHeld ? this.#worker.ref() : this.#worker.unref()
  }

  async leave(): Promise<void> {
    this.#listeners = nobody
    if (this.#hasEnded) return
    if (!this.#isOurs) return this.end()
    idle.add(this)
    this.#expiry = setTimeout(() => void this.end(), IDLE_MILLISECONDS).unref()
  }

  async end(): Promise<void> {
    this.#hasEnded = true
    this.#awake()
    await this.#gate.close()
    await this.#worker.terminate()
  }

  #awake(): void {
    idle.delete(this)
    clearTimeout(this.#expiry)
  }
}

import { setTimeout } from 'node:timers/promises'

const BUSY = 0
const CLOSED = 1
const WORDS = 2

/** How long a process that wants to exit waits for a native call. No step takes this long. */
const EXIT_LIMIT_MILLISECONDS = 60_000

/**
 * Keeps a thread from ending inside a native call.
 *
 * onnxruntime-node 1.30 aborts the whole process ("terminate called after throwing an instance of 'Napi::Error'", exit
 * code 134) when its thread ends while `session.run` is under way, be it by `worker.terminate()`, `process.exit()` or an
 * uncaught error of the main thread. So the worker enters this gate before native calls and leaves it after them, and
 * whoever ends the thread closes it first. Its memory is shared: pass `shared` to the worker.
 */
export class NativeGate {
  readonly shared: Int32Array<SharedArrayBuffer>

  constructor(shared = new Int32Array(new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT))) {
    this.shared = shared
  }

  /** False when the gate is closed: no native call may begin any more. */
  enter(): boolean {
    // Busy first, closed second; `close` goes the other way round, so that one of the two sees the other.
    Atomics.store(this.shared, BUSY, 1)
    if (Atomics.load(this.shared, CLOSED) === 0) return true
    this.leave()
    return false
  }

  leave(): void {
    Atomics.store(this.shared, BUSY, 0)
    Atomics.notify(this.shared, BUSY)
  }

  /** Lets nobody in any more and waits until the call that is under way has returned. */
  async close(): Promise<void> {
    Atomics.store(this.shared, CLOSED, 1)
    while (Atomics.load(this.shared, BUSY) === 1) await setTimeout(1)
  }

  /** Like {@link close}, but blocks this thread, since nothing asynchronous happens any more when a process exits. */
  closeAtExit(): void {
    Atomics.store(this.shared, CLOSED, 1)
    Atomics.wait(this.shared, BUSY, 1, EXIT_LIMIT_MILLISECONDS)
  }
}

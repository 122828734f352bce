import { Worker } from 'node:worker_threads'

/** A process that computes without end hears no timer of its own: another thread must end it. */
const SOURCE = `
const { workerData: { state, text, seconds } } = require('node:worker_threads')
const [TURN, LENGTH, NOTHING] = [0, 1, 2]
for (;;) {
  const turn = Atomics.load(state, TURN)
  // Looks now and then, and is not woken for each of thousands of turns.
  Atomics.wait(state, NOTHING, 0, 1000 * seconds)
  if (turn % 2 === 0 || Atomics.load(state, TURN) !== turn) continue
  const what = new TextDecoder().decode(text.slice(0, Atomics.load(state, LENGTH)))
  require('node:fs').writeSync(2, what + ' has not returned for ' + seconds + ' seconds or more: the process is ended.\\n')
  process.kill(process.pid, 'SIGKILL')
}
`

const [TURN, LENGTH] = [0, 1]

export interface Watchdog {
  /**
   * Runs what may never return. A promise that is never settled is an error of this one; a loop without end ends the process, with
   * a line on standard error.
   *
   * @param what it is, for people
   */
  watch<Result>(what: string, work: () => Promise<Result>): Promise<Result>
  close(): Promise<unknown>
}

/** @param seconds of the wall's clock: far more than whatever is allowed, since other processes want the processor, too */
export function createWatchdog(seconds: number): Watchdog {
  const state = new Int32Array(new SharedArrayBuffer(12))
  const text = new Uint8Array(new SharedArrayBuffer(512))
  const worker = new Worker(SOURCE, { eval: true, workerData: { state, text, seconds } })
  worker.unref()
  // Odd while something is watched.
  const turn = () => Atomics.add(state, TURN, 1)
  return {
    watch: async (what, work) => {
      const bytes = new TextEncoder().encode(what).subarray(0, text.length)
      text.set(bytes)
      Atomics.store(state, LENGTH, bytes.length)
      turn()
      let timer: NodeJS.Timeout | undefined
      try {
        return await Promise.race([
          work(),
          new Promise<never>((_, reject) => {
            // Before the other thread's deadline.
            timer = setTimeout(() => reject(new Error(`it has not returned for ${seconds / 2} seconds`)), 500 * seconds)
          }),
        ])
      } finally {
        clearTimeout(timer)
        turn()
      }
    },
    close: () => worker.terminate(),
  }
}

/** For a test in a process of its own. */
export const watchdogSource = SOURCE

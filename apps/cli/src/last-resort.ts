import { Worker } from 'node:worker_threads'

// Workers of Node 20 load no TypeScript: tests, which run the sources, take the built file.
const ENTRY = import.meta.url.endsWith('.ts') ? '../dist/last-resort-thread.js' : './last-resort-thread.js'

/** What the thread that ends this process is told. */
export interface LastResort {
  /** Of the clock, in milliseconds. */
  readonly deadline: number
}

/**
 * Ends this process at once, whatever its threads are at. `process.exit` would wait for the native call that one of them may be in: a run
 * of a large graph takes seconds, and one that hangs never ends.
 */
export function endNow(): void {
  process.kill(process.pid, 'SIGKILL')
}

/**
 * Ends this process after so many milliseconds if it has not ended by itself, also where this thread is blocked: a thread of its own
 * keeps watch, and keeps nothing alive.
 */
export function endWithin(milliseconds: number): void {
  const workerData: LastResort = { deadline: Date.now() + milliseconds }
  const resourceLimits = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 }
  const options = { workerData, execArgv: [], resourceLimits }
  new Worker(new URL(ENTRY, import.meta.url), options).unref()
}

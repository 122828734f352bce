import type { Progress } from './score.ts'

/** What every computation of more than a second takes. */
export interface Work {
  readonly progress?: Progress | undefined
  /** Aborting rejects the computation with the signal's reason, within a fraction of a second. */
  readonly signal?: AbortSignal | undefined
}

/** Milliseconds that a computation may hold the thread. */
const PATIENCE = 50

/**
 * Makes what a long computation calls between its parts: it reports, lets other work of the thread go on now and then, and
 * throws where the computation is to stop.
 */
export function reporter({ progress, signal }: Work, total: number, what: string): (done: number) => Promise<void> {
  signal?.throwIfAborted()
  let pausedAt = performance.now()
  return async (done) => {
    progress?.(done, total, what)
    if (performance.now() - pausedAt > PATIENCE) {
      // Not a microtask: an abort comes from an event.
      await new Promise((resolve) => setTimeout(resolve, 0))
      pausedAt = performance.now()
    }
    signal?.throwIfAborted()
  }
}

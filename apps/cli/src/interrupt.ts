import { INTERRUPTED } from './exit-codes.ts'
import { note } from './output.ts'

/**
 * Runs a job that can be stopped: the first Ctrl-C (or SIGTERM) asks it to finish what it is at, the second one ends the
 * process.
 */
export async function interruptible<Result>(job: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController()
  const stop = () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED)
    note('\nStopping: writing a checkpoint first. Again to stop at once.')
    controller.abort()
  }
  process.on('SIGINT', stop).on('SIGTERM', stop)
  try {
    return await job(controller.signal)
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop)
  }
}

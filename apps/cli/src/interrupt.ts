import { note } from './output.ts'
import { isTerminal } from './style.ts'

const signals = ['SIGINT', 'SIGTERM'] as const
const SHOW_CURSOR = '\u001b[?25h'

/**
 * Runs a job that can be stopped: the first Ctrl-C (or SIGTERM) asks it to finish what it is at, the second one ends the
 * process as if nobody had listened, which a shell sees as 130.
 */
export async function interruptible<Result>(
  job: (signal: AbortSignal) => Promise<Result>,
  stopping = 'Stopping: writing a checkpoint first.',
): Promise<Result> {
  const controller = new AbortController()
  const ignore = () => {
    for (const name of signals) process.off(name, stop)
  }
  const stop = (name: NodeJS.Signals) => {
    if (!controller.signal.aborted) {
      note(`${stopping} Again to stop at once.`, '\n')
      controller.abort()
      return
    }
    if (isTerminal()) process.stderr.write(SHOW_CURSOR)
    // Not process.exit: it would wait for the native call that a worker thread may be in, and then crash in it.
    ignore()
    process.kill(process.pid, name)
  }
  for (const name of signals) process.on(name, stop)
  return job(controller.signal).finally(ignore)
}

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Reply, Thread, ThreadListeners, WorkerTask } from '../worker-protocol.ts'
import { builtFile } from './built-file.ts'

const children = new Set<ChildProcess>()
// They end by themselves when their parent is gone, but not before the native call that they are in.
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})

/**
 * A worker in a process of its own: what native code does there, to abort or to hang, is done to nobody else. Arrays are copied on
 * their way, not moved.
 */
export function startChildProcess(task: WorkerTask, { onReply, onLost }: ThreadListeners): Thread {
  const child = fork(fileURLToPath(builtFile('child-worker')), [], {
    // Without the parent's flags, see startThread.
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const exited = once(child, 'exit').catch(() => undefined)
  child.on('message', (reply: Reply) => onReply(reply))
  child.on('error', (error) => onLost(`its process threw ${error.name}: ${error.message}`))
  children.add(child)
  child.on('exit', (code, signal) => {
    children.delete(child)
    onLost(`its process was ended by ${signal ?? `exit code ${code}`}`)
  })
  post(child, task)
  const end = async () => {
    // At once, whatever it is at: nothing of it is kept. Who waits for that is kept alive until then.
    child.ref()
    if (child.kill('SIGKILL')) await exited
  }
  return {
    post: (request) => post(child, request),
    hold(isHeld) {
      for (const each of [child, child.channel]) isHeld ? each?.ref() : each?.unref()
    },
    leave: end,
    end,
  }
}

/** What cannot be sent any more is told of by the child's exit. */
function post(child: ChildProcess, message: object): void {
  child.send(message, () => undefined)
}

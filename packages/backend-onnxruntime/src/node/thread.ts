import { Worker } from 'node:worker_threads'
import { transferables } from '../transferables.ts'
import type { Reply, Thread, ThreadListeners, WorkerTask } from '../worker-protocol.ts'
import { builtFile } from './built-file.ts'
import { startChildProcess } from './child-process.ts'
import { NativeGate } from './native-gate.ts'
import type { WorkerData } from './worker.ts'

/** The worker makes few objects: V8's own choice would set 30 MB aside for young ones. */
const resourceLimits = { maxYoungGenerationSizeMb: 8 }

const gates = new Set<NativeGate>()
process.on('exit', () => {
  for (const gate of gates) gate.closeAtExit()
})

/** Starts a worker thread and moves the task's arrays there; of an isolated task it is a process. */
export function startThread(task: WorkerTask, listeners: ThreadListeners, entry: URL = builtFile('worker')): Thread {
  if (task.settings.isolate) return startChildProcess(task, listeners)
  const { onReply, onLost } = listeners
  const gate = new NativeGate()
  const workerData: WorkerData = { task, gate: gate.shared }
  // Without the parent's flags: a test runner's `--conditions=source` would lead the worker to TypeScript files.
  const worker = new Worker(entry, { workerData, transferList: transferables(task), execArgv: [], resourceLimits })
  gates.add(gate)
  worker.on('message', (reply: Reply) => onReply(reply))
  worker.on('error', (error) => onLost(`it threw ${error.name}: ${error.message}`))
  worker.on('exit', (code) => {
    gates.delete(gate)
    onLost(`it exited with code ${code}`)
  })
  return {
    post: (request, transfer) => worker.postMessage(request, transfer),
    hold: (isHeld) => (isHeld ? worker.ref() : worker.unref()),
    async end() {
      await gate.close()
      await worker.terminate()
    },
  }
}

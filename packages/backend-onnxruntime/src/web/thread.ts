import { transferables } from '../transferables.ts'
import type { Reply, Thread, ThreadListeners, WorkerTask } from '../worker-protocol.ts'
import { type BrowserWorker, pageUrl } from './scope.ts'
import type { WorkerStart } from './start-worker.ts'
import { wasmFiles } from './wasm-files.ts'

declare const Worker: new (entry: URL, options: { readonly type: 'module' }) => BrowserWorker

/** Starts a worker and moves the task's arrays there. */
export function startThread(task: WorkerTask, { onReply, onLost }: ThreadListeners, entry?: URL): Thread {
  const { device, wasmPaths } = task.settings
  const worker = createWorker(device === 'webgpu', entry)
  const end = (reason: string) => {
    worker.terminate()
    onLost(reason)
  }
  worker.onmessage = ({ data }: { readonly data: Reply }) => onReply(data)
  worker.onerror = (event) => {
    event.preventDefault()
    // Of a script that cannot be loaded the browser says nothing.
    end(event.message ?? 'its script cannot be loaded from where the bundler left it')
  }
  const start: WorkerStart = { task: withAbsoluteUrl(task), wasm: wasmFiles(device, wasmPaths) }
  worker.postMessage(start, transferables(task))
  return {
    post: (request, transfer) => worker.postMessage(request, transfer),
    // Nothing keeps a page alive.
    hold: () => undefined,
    // Another session's may want other files of ONNX Runtime.
    leave: async () => end('it was ended'),
    end: async () => end('it was ended'),
  }
}

/** No thread waits for another session here. */
export async function endIdleThreads(): Promise<void> {}

// Bundlers look for exactly this form.
function createWorker(isForWebGpu: boolean, entry: URL | undefined): BrowserWorker {
  if (entry !== undefined) return new Worker(entry, { type: 'module' })
  return isForWebGpu
    ? new Worker(new URL('./webgpu-worker.js', import.meta.url), { type: 'module' })
    : new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
}

function withAbsoluteUrl(task: WorkerTask): WorkerTask {
  if (task.kind !== 'inference' || typeof task.model !== 'string') return task
  return { ...task, model: new URL(task.model, pageUrl()).href }
}

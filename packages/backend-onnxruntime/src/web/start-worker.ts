import { ConfigurationError } from '@gantry/core'
import type * as OnnxRuntime from 'onnxruntime-common'
import type { EngineSettings } from '../engine-settings.ts'
import { HostServer } from '../host-server.ts'
import { messageOf } from '../load-session.ts'
import { probeModel } from '../probe-model.ts'
import type { Request, WorkerTask } from '../worker-protocol.ts'
import { provideOrt } from './ort.ts'
import { scope } from './scope.ts'
import type { WasmFiles } from './wasm-files.ts'

/** The first message to a worker. */
export interface WorkerStart {
  readonly task: WorkerTask
  readonly wasm: WasmFiles
}

/** Answers the page, with one of ONNX Runtime's builds. */
export function startWorker(ort: typeof OnnxRuntime): void {
  provideOrt(ort)
  const server = new HostServer((reply, transfer) => scope.postMessage(reply, transfer))
  scope.onmessage = ({ data: { task, wasm } }: { readonly data: WorkerStart }) => {
    scope.onmessage = ({ data }: { readonly data: Request }) => void server.answer(data)
    Object.assign(ort.env.wasm, { wasmPaths: wasm, numThreads: threadsFor(task.settings) })
    server.create(task, () => loadWebAssembly(ort, wasm))
  }
}

/**
 * With WebGPU there is little to do for threads. In Chromium 156 a worker that has both starts 10 to 20 seconds late, every
 * fourth time that another has ended before.
 */
function threadsFor({ device, threads }: EngineSettings): number {
  return device === 'webgpu' ? 1 : threads
}

/**
 * Loads ONNX Runtime itself, with the smallest of models: what fails here is no model's fault.
 *
 * @throws ConfigurationError `WASM_UNAVAILABLE`
 */
async function loadWebAssembly(ort: typeof OnnxRuntime, { wasm }: WasmFiles): Promise<void> {
  try {
    const session = await ort.InferenceSession.create(probeModel, { executionProviders: ['cpu'] })
    await session.release()
  } catch (cause) {
    throw new ConfigurationError({
      code: 'WASM_UNAVAILABLE',
      message: `ONNX Runtime's WebAssembly does not start from '${wasm}': ${messageOf(cause)}`,
      fix: 'Serve the files of onnxruntime-web there, or say with wasmPaths where they are.',
      cause,
    })
  }
}

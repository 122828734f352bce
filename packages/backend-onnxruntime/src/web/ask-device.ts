import type { Device } from '@gantry/core'
import { messageOf } from '../load-session.ts'
import type { ProbeAnswer } from '../probe-device.ts'
import type { ProbeHost } from '../probe-host.ts'
import type { WasmPaths } from '../wasm-paths.ts'
import { WorkerClient } from '../worker-client.ts'
import { cores, whyNoGpu, whyOneThread } from './machine.ts'
import { scope } from './scope.ts'

// WebAssembly has to be fetched first, 27 MB for WebGPU.
const TIME_LIMIT_MILLISECONDS = 60_000

/** Tries a device in a worker. Never rejects. */
export async function askDevice(device: Device, wasmPaths?: WasmPaths): Promise<ProbeAnswer> {
  try {
    const absence = device === 'cuda' ? 'browsers have no CUDA' : device === 'webgpu' ? await whyNoAdapter() : undefined
    return absence === undefined ? await askWorker(device, wasmPaths) : { reason: absence }
  } catch (cause) {
    return { reason: messageOf(cause) }
  }
}

async function whyNoAdapter(): Promise<string | undefined> {
  const reason = whyNoGpu()
  if (reason !== undefined) return reason
  return (await scope.navigator.gpu!.requestAdapter()) === null ? 'this browser has no adapter for WebGPU' : undefined
}

async function askWorker(device: Device, wasmPaths?: WasmPaths): Promise<ProbeAnswer> {
  const threads = whyOneThread() === undefined ? cores() : 1
  const settings = { device, threads, ...(wasmPaths !== undefined && { wasmPaths }) }
  const worker = await WorkerClient.start<ProbeHost>({ kind: 'probe', settings })
  let isLate = false
  const limit = setTimeout(() => {
    isLate = true
    worker.terminate()
  }, TIME_LIMIT_MILLISECONDS)
  try {
    return { milliseconds: await worker.call('measure') }
  } catch (cause) {
    return { reason: isLate ? `it gave no answer within ${TIME_LIMIT_MILLISECONDS / 1000} s` : messageOf(cause) }
  } finally {
    clearTimeout(limit)
    await worker.terminate()
  }
}

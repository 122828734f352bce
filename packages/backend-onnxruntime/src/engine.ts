import type { DeviceRequest, EngineReport } from '@gantry/core'
import { whyOneThread } from '#platform/machine'
import { version } from '#platform/ort'
import { chooseDevice, machineWith } from './choose-device.ts'
import { type EngineSettings, resolveThreads } from './engine-settings.ts'
import type { WasmPaths } from './wasm-paths.ts'

/** Where and how ONNX Runtime computes. */
export interface OnnxRuntimeOptions {
  /** `auto` is the default; it takes the first of CUDA, a WebGPU device that is faster than the CPU, and the CPU. */
  readonly device?: DeviceRequest
  /** Threads of one session on the CPU; by default one a core. A page that is not cross-origin isolated has one. */
  readonly threads?: number
  /**
   * Whether the state of a training stays in ONNX Runtime's memory between steps instead of being copied into arrays after each.
   * By default it does on the CPU in Node on Linux, where the optional package `koffi` is installed; results are the same to the bit.
   */
  readonly nativeState?: boolean
  /**
   * Whether each session has a process of its own, not only a thread: where native code aborts, the caller gets `WORKER_LOST` and
   * lives on. Pages have no processes, and pass over it. Default: false.
   */
  readonly isolate?: boolean
  /** In browsers, where ONNX Runtime's WebAssembly lies; by default where the bundler puts it. */
  readonly wasmPaths?: WasmPaths
}

/** Decides on a device and threads, and reports the decision. */
export async function chooseEngine({
  device = 'auto',
  threads,
  nativeState,
  isolate,
  wasmPaths,
}: OnnxRuntimeOptions): Promise<{ settings: EngineSettings; report: EngineReport }> {
  const wanted = resolveThreads(threads)
  const { device: chosen, rejected, warnings } = await chooseDevice(device, machineWith(wasmPaths))
  const limit = wanted > 1 ? whyOneThread() : undefined
  const limited = limit === undefined ? [] : [`ONNX Runtime computes on one thread instead of ${wanted}: ${limit}.`]
  return {
    settings: {
      device: chosen,
      threads: limit === undefined ? wanted : 1,
      ...(nativeState !== undefined && { nativeState }),
      ...(isolate !== undefined && { isolate }),
      ...(wasmPaths !== undefined && { wasmPaths }),
    },
    report: { engine: 'onnxruntime', version, device: chosen, rejected, warnings: [...warnings, ...limited] },
  }
}

import type { DeviceRequest, EngineReport } from '@gantry/core'
import { chooseDevice } from './choose-device.ts'
import { type EngineSettings, resolveThreads } from './engine-settings.ts'
import { ortEnvironment } from './ort.ts'

/** Where and how ONNX Runtime computes. */
export interface OnnxRuntimeOptions {
  /** `auto` is the default; it takes the first of CUDA, a WebGPU device that is faster than the CPU, and the CPU. */
  readonly device?: DeviceRequest
  /** Threads of one session on the CPU; by default one a core. */
  readonly threads?: number
}

/** Decides on a device and threads, and reports the decision. */
export async function chooseEngine({
  device = 'auto',
  threads,
}: OnnxRuntimeOptions): Promise<{ settings: EngineSettings; report: EngineReport }> {
  const resolved = resolveThreads(threads)
  const choice = await chooseDevice(device)
  const { common, node = common } = ortEnvironment.versions
  return {
    settings: { device: choice.device, threads: resolved },
    report: { engine: 'onnxruntime', version: node, ...choice },
  }
}

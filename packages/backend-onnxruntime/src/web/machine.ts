import type { Device } from '@gantry/core'
import { scope } from './scope.ts'

/** Threads that the browser admits to. */
export function cores(): number {
  return scope.navigator.hardwareConcurrency
}

/** Why sessions cannot have more than one thread, if so: threads of WebAssembly share memory. */
export function whyOneThread(): string | undefined {
  if (scope.crossOriginIsolated) return undefined
  return 'this page is not cross-origin isolated, which takes the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp'
}

export function whyNoGpu(): string | undefined {
  return scope.navigator.gpu === undefined ? 'this browser offers no WebGPU to this page' : undefined
}

/** What helps where a device is missing. */
export const remedies: Readonly<Record<Device, string>> = {
  cpu: 'Use a browser with WebAssembly and SIMD.',
  cuda: "Use the device 'webgpu' or 'cpu': browsers have no CUDA.",
  webgpu: "Open the page over https in a browser with WebGPU and a GPU that it accepts, or use the device 'cpu'.",
}

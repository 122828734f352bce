import type * as OnnxRuntime from 'onnxruntime-common'

/** A page itself loads no part of ONNX Runtime, only its workers do. */
export { version } from '../wanted-version.ts'

export let InferenceSession: typeof OnnxRuntime.InferenceSession
export let Tensor: typeof OnnxRuntime.Tensor

/**
 * Says which of ONNX Runtime's builds this worker has: the one for WebGPU is twice as large, so that each has a worker's
 * entry of its own. Comes before everything else.
 */
export function provideOrt(build: typeof OnnxRuntime): void {
  InferenceSession = build.InferenceSession
  Tensor = build.Tensor
}

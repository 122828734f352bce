import { installGradients } from '@gantry/tfjs'
import { registerKernels } from '../kernels/register.ts'
import type { GraphRuntime } from './lazy-execution.ts'
import { RECORDING_BACKEND, recordingBackend, setRuntime } from './recording-backend.ts'

/**
 * Makes the recording backend one that computes, for programs outside of any recording, and returns its name.
 *
 * Operations append to a graph; `await tensor.data()` runs what was appended so far, and from then on the tensor is
 * numbers. `dataSync()` works only for tensors that have been awaited.
 *
 * @example
 * ```ts
 * await tf.setBackend(registerLazyBackend(onnxRuntime()))
 * const y = tf.tanh(tf.tensor1d([0.5, 1]))
 * console.log(await y.data())
 * ```
 */
export function registerLazyBackend(runtime: GraphRuntime): string {
  setRuntime(runtime)
  recordingBackend()
  registerKernels()
  installGradients()
  return RECORDING_BACKEND
}

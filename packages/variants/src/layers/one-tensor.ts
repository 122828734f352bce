import type { Tensor } from '@tensorflow/tfjs-core'

/** TF.js hands a layer its only input alone or in an array. */
export function oneTensor(inputs: Tensor | Tensor[]): Tensor {
  return Array.isArray(inputs) ? inputs[0]! : inputs
}

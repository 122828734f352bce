import { oneHot, type Tensor } from '@tensorflow/tfjs-core'

/** Labels [batch] as float32 [batch, classes]: one in the column of the label, zero in all others. */
export function asOneHot(labels: Tensor, classes: number): Tensor {
  return oneHot(labels as never, classes, 1, 0, 'float32')
}

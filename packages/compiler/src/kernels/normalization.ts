import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { KernelInputs, KernelTable } from './kernel.ts'

export const normalizationKernels: KernelTable = {
  /** scale·(x - mean)/√(variance + ε) + offset, as one product and one sum over x. */
  FusedBatchNorm: (
    recording,
    { x, mean, variance, offset, scale }: KernelInputs,
    { varianceEpsilon }: { varianceEpsilon: number },
  ) => {
    const factor = recording.elementwise(scale ? [variance!, scale] : [variance!], 'float32', ([spread, gain]) => {
      const deviation = recording.node('Sqrt', [recording.node('Add', [spread!, recording.scalar(varianceEpsilon)])])
      return gain === undefined ? recording.node('Reciprocal', [deviation]) : recording.node('Div', [gain, deviation])
    })
    const shift = recording.elementwise(
      offset ? [mean!, factor, offset] : [mean!, factor],
      'float32',
      ([center, gain, bias]) => {
        const moved = recording.node('Mul', [center!, gain!])
        return bias === undefined ? recording.node('Neg', [moved]) : recording.node('Sub', [bias, moved])
      },
    )
    return recording.elementwise([x!, factor, shift] as TensorInfo[], 'float32', ([image, gain, bias]) =>
      recording.node('Add', [recording.node('Mul', [image!, gain!]), bias!]),
    )
  },
}

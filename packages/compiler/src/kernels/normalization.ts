import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { Recording } from '../recording.ts'
import type { KernelInputs, KernelTable } from './kernel.ts'

interface Normalization extends KernelInputs {
  readonly x: TensorInfo
  readonly mean: TensorInfo
}

/** γ/√(σ² + ε). */
function gainOf(recording: Recording, { variance, scale }: KernelInputs, epsilon: number): TensorInfo {
  return recording.elementwise(scale ? [variance!, scale] : [variance!], 'float32', ([spread, gain]) => {
    const deviation = recording.node('Sqrt', [recording.node('Add', [spread!, recording.scalar(epsilon)])])
    return gain === undefined ? recording.node('Reciprocal', [deviation]) : recording.node('Div', [gain, deviation])
  })
}

/** With running statistics: x·gain + (β - μ·gain), which ONNX Runtime folds into a convolution before it. */
function byRunningStatistics(recording: Recording, { x, mean, offset }: Normalization, gain: TensorInfo): TensorInfo {
  const shift = recording.elementwise(
    offset ? [mean, gain, offset] : [mean, gain],
    'float32',
    ([center, factor, bias]) => {
      const moved = recording.node('Mul', [center!, factor!])
      return bias === undefined ? recording.node('Neg', [moved]) : recording.node('Sub', [bias, moved])
    },
  )
  return recording.elementwise([x, gain, shift], 'float32', ([image, factor, bias]) =>
    recording.node('Add', [recording.node('Mul', [image!, factor!]), bias!]),
  )
}

/** With the batch's own: (x - μ)·gain + β keeps more digits, and the variance and the gradient share x - μ. */
function byBatchStatistics(recording: Recording, { x, mean, offset }: Normalization, gain: TensorInfo): TensorInfo {
  const centered = recording.elementwise([x, mean], 'float32', ([image, center]) =>
    recording.node('Sub', [image!, center!]),
  )
  return recording.elementwise(
    offset ? [centered, gain, offset] : [centered, gain],
    'float32',
    ([image, factor, bias]) => {
      const scaled = recording.node('Mul', [image!, factor!])
      return bias === undefined ? scaled : recording.node('Add', [scaled, bias])
    },
  )
}

export const normalizationKernels: KernelTable = {
  /** Batch normalization: γ·(x - μ)/√(σ² + ε) + β. */
  FusedBatchNorm: (recording, inputs: Normalization, { varianceEpsilon }: { varianceEpsilon: number }) => {
    const gain = gainOf(recording, inputs, varianceEpsilon)
    const known = recording.value(inputs.mean).source.kind !== 'node'
    return (known ? byRunningStatistics : byBatchStatistics)(recording, inputs, gain)
  },
}

import { ndarray } from '@gantry/core'
import { attribute } from '@gantry/onnx'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { CHANNELS_FIRST } from '../recording/layout.ts'
import type { Recording } from '../recording/recording.ts'
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
  // tf.batchNorm puts axes of length one in front; without them, x - μ is what the variance has computed already.
  const front =
    mean.shape.length === 1
      ? Math.max(
          x.shape.findIndex((length) => length !== 1),
          0,
        )
      : 0
  const images = recording.keepValue(recording.reshaped(recording.value(x), x.shape.slice(front)))
  const centered = recording.elementwise([images, mean], 'float32', ([image, center]) =>
    recording.node('Sub', [image!, center!]),
  )
  const normalized = recording.elementwise(
    offset ? [centered, gain, offset] : [centered, gain],
    'float32',
    ([image, factor, bias]) => {
      const scaled = recording.node('Mul', [image!, factor!])
      return bias === undefined ? scaled : recording.node('Add', [scaled, bias])
    },
  )
  return recording.keepValue(recording.reshaped(recording.value(normalized), x.shape))
}

interface ResponseAttributes {
  readonly depthRadius: number
  readonly bias: number
  readonly alpha: number
  readonly beta: number
}

/** Ones where two channels are at most `radius` apart: a product with it sums over neighbouring channels. */
function neighbours(recording: Recording, channels: number, radius: number): string {
  const values = Float32Array.from({ length: channels * channels }, (_, index) =>
    Math.abs(Math.floor(index / channels) - (index % channels)) <= radius ? 1 : 0,
  )
  return recording.builder.constant(ndarray('float32', [channels, channels], values))
}

export const normalizationKernels: KernelTable = {
  /** Local response normalization: x·(bias + α·Σ x²)^-β over neighbouring channels. */
  LRN: (recording, { x }: KernelInputs, { depthRadius, bias, alpha, beta }: ResponseAttributes) => {
    const size = 2 * depthRadius + 1
    const name = recording.node('LRN', [recording.place(x!, CHANNELS_FIRST)], {
      size: attribute.int(size),
      alpha: attribute.float(alpha * size),
      beta: attribute.float(beta),
      bias: attribute.float(bias),
    })
    return recording.keep(name, 'float32', x!.shape, CHANNELS_FIRST)
  },
  /** dy·n^-β - 2αβ·x·Σ dy·y/n with n = bias + α·Σ x². */
  LRNGrad: (recording, { x, y, dy }: KernelInputs, { depthRadius, bias, alpha, beta }: ResponseAttributes) => {
    const node = (operator: string, ...inputs: string[]) => recording.node(operator, inputs)
    const [image, output, gradient] = [recording.place(x!), recording.place(y!), recording.place(dy!)]
    const band = neighbours(recording, x!.shape[3]!, depthRadius)
    const squares = node('MatMul', node('Mul', image, image), band)
    const norm = node('Add', node('Mul', squares, recording.scalar(alpha)), recording.scalar(bias))
    const own = node('Mul', gradient, node('Pow', norm, recording.scalar(-beta)))
    const others = node('MatMul', node('Div', node('Mul', gradient, output), norm), band)
    const rest = node('Mul', node('Mul', image, others), recording.scalar(2 * alpha * beta))
    return recording.keep(node('Sub', own, rest), 'float32', x!.shape)
  },
  /** Batch normalization: γ·(x - μ)/√(σ² + ε) + β. */
  FusedBatchNorm: (recording, inputs: Normalization, { varianceEpsilon }: { varianceEpsilon: number }) => {
    const gain = gainOf(recording, inputs, varianceEpsilon)
    const known = recording.value(inputs.mean).source.kind !== 'node'
    return (known ? byRunningStatistics : byBatchStatistics)(recording, inputs, gain)
  },
}

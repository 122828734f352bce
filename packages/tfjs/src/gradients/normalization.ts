import {
  add,
  type GradConfig,
  matMul,
  mul,
  neg,
  pow,
  reshape,
  rsqrt,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
} from '@tensorflow/tfjs-core'
import { unary } from './gradient.ts'

/**
 * Gradient of batch normalization (Ioffe and Szegedy 2015, section 3): y = γ·(x - μ)·r + β with r = 1/√(σ² + ε).
 *
 * TF.js multiplies before it sums over the batch; summing first needs two passes over the images instead of nine:
 * ∂L/∂β = Σ dy, ∂L/∂γ = r·Σ dy·(x - μ), ∂L/∂μ = -γ·r·Σ dy, ∂L/∂σ² = -½·γ·r³·Σ dy·(x - μ).
 */
const batchNormalizationGradient: GradConfig = {
  kernelName: 'FusedBatchNorm',
  inputsToSave: ['x', 'mean', 'variance', 'scale'],
  gradFunc: (dys, saved, attributes) => {
    const [images, mean, variance, scale] = saved as [Tensor, Tensor, Tensor, Tensor]
    // tf.batchNorm makes rank 4 of everything; in the rank that they had, x - μ is what the variance has computed already.
    const shape = images.shape.slice(
      mean.rank === 1
        ? Math.max(
            images.shape.findIndex((length) => length !== 1),
            0,
          )
        : 0,
    )
    const [dy, x] = [reshape(dys as Tensor, shape), reshape(images, shape)]
    const { varianceEpsilon } = attributes as unknown as { varianceEpsilon: number }
    // Statistics of rank 1 are per channel; of x's rank, element by element.
    const axes = mean.rank === 1 ? x.shape.slice(0, -1).map((_, axis) => axis) : []
    const overBatch = (values: Tensor) => (axes.length === 0 ? values : sum(values, axes))
    const rate = rsqrt(add(variance, varianceEpsilon))
    const gain = mul(rate, scale)
    const dyTotal = () => overBatch(dy)
    const dyTimesCentered = () => overBatch(mul(dy, sub(x, mean)))
    const shaped = (values: Tensor) => reshape(values, mean.shape)
    return {
      x: () => reshape(mul(dy, gain), images.shape),
      mean: () => shaped(neg(mul(gain, dyTotal()))),
      variance: () => shaped(mul(mul(mul(gain, mul(rate, rate)), -0.5), dyTimesCentered())),
      scale: () => shaped(mul(rate, dyTimesCentered())),
      offset: () => shaped(dyTotal()),
    }
  },
}

/** Adds up neighbouring channels: a product with a band of ones, which is its own transpose. */
function sumOfNeighbours(values: Tensor, radius: number): Tensor {
  const channels = values.shape.at(-1)!
  const band = Float32Array.from({ length: channels * channels }, (_, index) =>
    Math.abs(Math.floor(index / channels) - (index % channels)) <= radius ? 1 : 0,
  )
  return reshape(matMul(reshape(values, [-1, channels]), tensor(band, [channels, channels])), values.shape)
}

interface LocalResponse {
  readonly depthRadius: number
  readonly bias: number
  readonly alpha: number
  readonly beta: number
}

/** Krizhevsky et al. 2012, section 3.3: y = x·s^-β with s = bias + α·Σ x² over neighbouring channels. */
function localResponseGradient(dy: Tensor, x: Tensor, { depthRadius, bias, alpha, beta }: LocalResponse): Tensor {
  const spread = add(mul(sumOfNeighbours(square(x), depthRadius), alpha), bias)
  const direct = mul(dy, pow(spread, -beta))
  const across = sumOfNeighbours(mul(mul(dy, x), pow(spread, -beta - 1)), depthRadius)
  return sub(direct, mul(mul(x, across), 2 * alpha * beta))
}

export const normalizationGradients: readonly GradConfig[] = [
  batchNormalizationGradient,
  unary<LocalResponse>('LRN', localResponseGradient),
]

import { add, type GradConfig, mul, neg, reshape, rsqrt, sub, sum, type Tensor } from '@tensorflow/tfjs-core'

/**
 * Gradient of batch normalization (Ioffe and Szegedy 2015, section 3): y = γ·(x - μ)·r + β with r = 1/√(σ² + ε).
 *
 * TF.js multiplies before it sums over the batch; summing first needs two passes over the images instead of nine:
 * ∂L/∂β = Σ dy, ∂L/∂γ = r·Σ dy·(x - μ), ∂L/∂μ = -γ·r·Σ dy, ∂L/∂σ² = -½·γ·r³·Σ dy·(x - μ).
 */
export const batchNormalizationGradient: GradConfig = {
  kernelName: 'FusedBatchNorm',
  inputsToSave: ['x', 'mean', 'variance', 'scale'],
  gradFunc: (dys, saved, attributes) => {
    const dy = dys as Tensor
    const [x, mean, variance, scale] = saved as [Tensor, Tensor, Tensor, Tensor | undefined]
    const { varianceEpsilon } = attributes as unknown as { varianceEpsilon: number }
    // Statistics of rank 1 are per channel; of x's rank, element by element.
    const axes = mean.rank === 1 ? x.shape.slice(0, -1).map((_, axis) => axis) : []
    const overBatch = (values: Tensor) => (axes.length === 0 ? values : sum(values, axes))
    const rate = rsqrt(add(variance, varianceEpsilon))
    const gain = scale === undefined || scale === null ? rate : mul(rate, scale)
    const dyTotal = () => overBatch(dy)
    const dyTimesCentered = () => overBatch(mul(dy, sub(x, mean)))
    const shaped = (values: Tensor) => reshape(values, mean.shape)
    return {
      x: () => reshape(mul(dy, gain), x.shape),
      mean: () => shaped(neg(mul(gain, dyTotal()))),
      variance: () => shaped(mul(mul(mul(gain, mul(rate, rate)), -0.5), dyTimesCentered())),
      scale: () => shaped(mul(rate, dyTimesCentered())),
      offset: () => shaped(dyTotal()),
    }
  },
}

import { add, exp, mean, mul, type Scalar, square, sub, sum, type Tensor } from '@tensorflow/tfjs-core'
import type { Network } from '../network.ts'

/** What an encoder believes of the latent vectors behind some samples: independent Gaussians, [batch, latentSize]. */
export interface Posterior {
  readonly mean: Tensor
  readonly logVariance: Tensor
}

/** Heads that an encoder has: a discriminator whose heads are read, and whose logits are not. */
export const encoderHeads = (latentSize: number) => ({ mean: latentSize, logVariance: latentSize })

export function encode(encoder: Network, samples: Tensor, training: boolean): Posterior {
  const { mean: center, logVariance } = encoder.apply({ samples }, { training })
  return { mean: center!, logVariance: logVariance! }
}

/** μ + σ·ε (Kingma and Welling 2014, section 2.4). */
export function sampleLatent(posterior: Posterior, noise: Tensor): Tensor {
  return add(posterior.mean, mul(exp(mul(posterior.logVariance, 0.5)), noise))
}

/** E D(q(z|x) ‖ N(0, 1)) = E ½ Σ (μ² + σ² - 1 - log σ²) (Kingma and Welling 2014, appendix B). */
export function priorDivergence({ mean: center, logVariance }: Posterior): Scalar {
  const terms = sub(add(square(center), exp(logVariance)), add(logVariance, 1))
  return mean(mul(sum(terms, 1), 0.5))
}

/** E ½‖x - x̂‖²/σ²: minus the logarithm of a Gaussian's density, without its constant. */
export function gaussianError(samples: Tensor, reconstruction: Tensor, variance: number): Scalar {
  const distance = square(sub(samples, reconstruction))
  const axes = samples.shape.slice(1).map((_, axis) => axis + 1)
  return mul(mean(sum(distance, axes)), 0.5 / variance)
}

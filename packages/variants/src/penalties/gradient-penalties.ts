import { drawUniform } from '@gantry/tfjs'
import { add, grad, mean, moments, mul, type Scalar, sqrt, square, sub, sum, type Tensor } from '@tensorflow/tfjs-core'

/** The critic as a function of samples alone: [batch, …] to [batch, 1]. */
export type Critic = (samples: Tensor) => Tensor

/** Keeps the slope of the norm finite where the gradient vanishes. */
const TINY = 1e-12

/**
 * ‖∇ₓ D(x)‖² of every sample: [batch].
 *
 * Where every logit depends on its own sample only, the gradient of their sum holds them all. Beside a minibatch standard
 * deviation it is the gradient of that sum, as in the code of Karras et al. 2020.
 */
function squaredSlopes(critic: Critic, samples: Tensor): Tensor {
  const slopes = grad((x: Tensor) => sum(critic(x)))(samples)
  return sum(
    square(slopes),
    samples.shape.slice(1).map((_, axis) => axis + 1),
  )
}

/** E (‖∇D‖ - 1)². */
function awayFromOne(critic: Critic, samples: Tensor): Scalar {
  return mean(square(sub(sqrt(add(squaredSlopes(critic, samples), TINY)), 1)))
}

/** One number a sample, which broadcasts over everything else of it. */
function perSample(name: string, samples: Tensor): Tensor {
  return drawUniform(
    name,
    samples.shape.map((length, axis) => (axis === 0 ? length : 1)),
  )
}

/**
 * The gradient penalty of WGAN-GP (Gulrajani et al. 2017, equation 3): E (‖∇D(x̂)‖ - 1)² with x̂ = εx + (1 - ε)x̃ between a
 * real and a generated sample, ε uniform in [0, 1).
 */
export function interpolatedPenalty(critic: Critic, real: Tensor, fake: Tensor): Scalar {
  const share = perSample('penalty/interpolation', real)
  return awayFromOne(critic, add(mul(real, share), mul(fake, sub(1, share))))
}

/**
 * The penalty of DRAGAN (Kodali et al. 2017, section 2.3): E (‖∇D(x + δ)‖ - 1)² around real samples, δ = α·½·σ·u with the
 * standard deviation σ of the batch, u uniform in [0, 1) for every number and α for every sample, as in the authors' code.
 */
export function draganPenalty(critic: Critic, real: Tensor): Scalar {
  const spread = sqrt(moments(real).variance)
  const noise = mul(mul(drawUniform('penalty/perturbation', real.shape), spread), 0.5)
  return awayFromOne(critic, add(real, mul(perSample('penalty/interpolation', real), noise)))
}

/**
 * R1 on real samples, R2 on generated ones (Mescheder et al. 2018, equation 9): ½·E ‖∇D(x)‖². Multiply by γ.
 */
export function zeroCenteredPenalty(critic: Critic, samples: Tensor): Scalar {
  return mul(mean(squaredSlopes(critic, samples)), 0.5)
}

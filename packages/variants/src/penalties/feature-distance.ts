import { mean, type Scalar, square, sub, sum, type Tensor } from '@tensorflow/tfjs-core'

/**
 * Feature matching (Salimans et al. 2016, section 3.1): ‖E f(x) - E f(G(z))‖² over what the discriminator's last hidden
 * layer saw, [batch, width] both.
 */
export function featureDistance(real: Tensor, fake: Tensor): Scalar {
  return sum(square(sub(mean(real, 0), mean(fake, 0))))
}

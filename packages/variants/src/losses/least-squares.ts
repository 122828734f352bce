import { mul, square, sub, type Tensor } from '@tensorflow/tfjs-core'
import type { PointwiseLoss } from './adversarial-loss.ts'
import type { LossDefinition } from './loss-definition.ts'

/** Half the squared distance of a logit from its target. */
const distance = (logits: Tensor, target: number) => mul(square(sub(logits, target)), 0.5)

/**
 * Least squares GAN (Mao et al. 2017, equation 9, the 0-1 coding: a = 0, b = c = 1): ½(D(x) - 1)² and ½D(G(z))²; the
 * generator ½(D(G(z)) - 1)².
 *
 * @param realLabel the target b of real samples, in (0.5, 1]
 * @param fakeLabel the target a of generated samples; -1 for relativistic logits (Jolicoeur-Martineau 2019, RaLSGAN)
 */
export function leastSquaresLoss(realLabel = 1, fakeLabel = 0): PointwiseLoss {
  return {
    real: (logits) => distance(logits, realLabel),
    fake: (logits) => distance(logits, fakeLabel),
    generator: (logits) => distance(logits, 1),
  }
}

export const leastSquares: LossDefinition = {
  hasTarget: true,
  isProbability: false,
  // Differences of logits have no 0 to aim at: what one kind is above the other, that is below the first.
  terms: ({ realLabel, relativistic }) => leastSquaresLoss(realLabel, relativistic ? -1 : 0),
}

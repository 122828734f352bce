import { add, mul, neg, softplus, type Tensor } from '@tensorflow/tfjs-core'
import type { PointwiseLoss } from './adversarial-loss.ts'
import type { LossDefinition } from './loss-definition.ts'

/** -log D with D = σ(logit): softplus(-logit), which neither overflows nor loses digits. */
const negativeLogProbability = (logits: Tensor) => softplus(neg(logits))

/** -log(1 - D): softplus(logit). */
const negativeLogComplement = (logits: Tensor) => softplus(logits)

/**
 * The discriminator's terms of Goodfellow et al. 2014 (Generative Adversarial Nets, equation 1): -log D(x) and
 * -log(1 - D(G(z))).
 *
 * With `realLabel` α < 1 the target of real samples is smoothed on one side (Salimans et al. 2016, section 3.4):
 * -α·log D(x) - (1 - α)·log(1 - D(x)).
 */
function discriminatorTerms(realLabel: number): Omit<PointwiseLoss, 'generator'> {
  return {
    real: (logits) =>
      realLabel === 1
        ? negativeLogProbability(logits)
        : add(mul(negativeLogProbability(logits), realLabel), mul(negativeLogComplement(logits), 1 - realLabel)),
    fake: negativeLogComplement,
  }
}

/**
 * The two-player minimax game of Goodfellow et al. 2014, equation 1: the generator minimises log(1 - D(G(z))). Its gradient
 * vanishes while the discriminator is sure.
 *
 * @param realLabel target of real samples, in (0.5, 1]
 */
export function minimaxLoss(realLabel = 1): PointwiseLoss {
  return { ...discriminatorTerms(realLabel), generator: (logits) => neg(negativeLogComplement(logits)) }
}

/**
 * The non-saturating game of Goodfellow et al. 2014, section 3: the generator minimises -log D(G(z)), which has the same
 * fixed point and strong gradients early on. DCGAN (Radford et al. 2016) trains with it.
 *
 * @param realLabel target of real samples, in (0.5, 1]
 */
export function nonSaturatingLoss(realLabel = 1): PointwiseLoss {
  return { ...discriminatorTerms(realLabel), generator: negativeLogProbability }
}

export const minimax: LossDefinition = {
  hasTarget: true,
  isProbability: true,
  terms: ({ realLabel }) => minimaxLoss(realLabel),
}

export const nonSaturating: LossDefinition = {
  hasTarget: true,
  isProbability: true,
  terms: ({ realLabel }) => nonSaturatingLoss(realLabel),
}

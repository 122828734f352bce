import { add, mean, mul, neg, type Scalar, softplus, type Tensor } from '@tensorflow/tfjs-core'
import type { AdversarialLoss } from './adversarial-loss.ts'

/** -log D, averaged over the batch, with D = σ(logits): softplus(-logits), which neither overflows nor loses digits. */
function negativeLogProbability(logits: Tensor): Scalar {
  return mean(softplus(neg(logits)))
}

/** -log(1 - D), averaged over the batch: softplus(logits). */
function negativeLogComplement(logits: Tensor): Scalar {
  return mean(softplus(logits))
}

/**
 * The discriminator's loss of Goodfellow et al. 2014 (Generative Adversarial Nets, equation 1):
 * -E log D(x) - E log(1 - D(G(z))).
 *
 * With `realLabel` α < 1 the target of real samples is smoothed on one side (Salimans et al. 2016, section 3.4):
 * -E [α·log D(x) + (1 - α)·log(1 - D(x))] - E log(1 - D(G(z))).
 */
function discriminatorLoss(realLabel: number): AdversarialLoss['discriminator'] {
  return (realLogits, fakeLogits) => {
    const real =
      realLabel === 1
        ? negativeLogProbability(realLogits)
        : add(mul(negativeLogProbability(realLogits), realLabel), mul(negativeLogComplement(realLogits), 1 - realLabel))
    return add(real, negativeLogComplement(fakeLogits)) as Scalar
  }
}

/**
 * The two-player minimax game of Goodfellow et al. 2014, equation 1: the generator minimises E log(1 - D(G(z))).
 * Its gradient vanishes while the discriminator is sure.
 *
 * @param realLabel target of real samples, in (0.5, 1]
 */
export function minimaxLoss(realLabel = 1): AdversarialLoss {
  return {
    discriminator: discriminatorLoss(realLabel),
    generator: (fakeLogits) => neg(negativeLogComplement(fakeLogits)),
  }
}

/**
 * The non-saturating game of Goodfellow et al. 2014, section 3: the generator minimises -E log D(G(z)), which has the same
 * fixed point and strong gradients early on. DCGAN (Radford et al. 2016) trains with it.
 *
 * @param realLabel target of real samples, in (0.5, 1]
 */
export function nonSaturatingLoss(realLabel = 1): AdversarialLoss {
  return {
    discriminator: discriminatorLoss(realLabel),
    generator: negativeLogProbability,
  }
}

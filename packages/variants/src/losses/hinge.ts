import { add, neg, relu, sub } from '@tensorflow/tfjs-core'
import type { PointwiseLoss } from './adversarial-loss.ts'
import type { LossDefinition } from './loss-definition.ts'

/**
 * The hinge loss of Lim and Ye 2017 and Miyato et al. 2018 (Spectral Normalization, equations 16 and 17):
 * max(0, 1 - D(x)) and max(0, 1 + D(G(z))); the generator -D(G(z)).
 */
export const hingeLoss: PointwiseLoss = {
  real: (logits) => relu(sub(1, logits)),
  fake: (logits) => relu(add(1, logits)),
  generator: neg,
}

export const hinge: LossDefinition = { hasTarget: false, isProbability: false, terms: () => hingeLoss }

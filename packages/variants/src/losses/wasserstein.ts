import { clone, neg } from '@tensorflow/tfjs-core'
import type { PointwiseLoss } from './adversarial-loss.ts'
import type { LossDefinition } from './loss-definition.ts'

/**
 * Wasserstein GAN (Arjovsky et al. 2017, algorithm 1): the critic minimises -f(x) + f(G(z)), the generator -f(G(z)). It
 * estimates a distance only while the critic is Lipschitz, by weight clipping or a gradient penalty.
 */
export const wassersteinLoss: PointwiseLoss = { real: neg, fake: clone, generator: neg }

export const wasserstein: LossDefinition = { hasTarget: false, isProbability: false, terms: () => wassersteinLoss }

import { adversarialVariant } from '../adversarial-variant.ts'
import { steadyPresets } from '../good-presets.ts'
import { imagesOrPoints } from '../slots.ts'

/** DRAGAN (Kodali et al. 2017): a gradient penalty around real samples, with the loss of the first GAN. */
export const dragan = adversarialVariant({
  name: 'dragan',
  title: 'DRAGAN',
  description: 'gradient penalty around real samples',
  paper: {
    authors: 'Kodali et al.',
    title: 'On Convergence and Stability of GANs',
    year: 2017,
    url: 'https://arxiv.org/abs/1705.07215',
  },
  needs: { samples: imagesOrPoints },
  fixed: { gradientPenaltyAt: 'perturbed' },
  // λ = 10 (section 3). Batch normalization would mix the samples whose gradients are taken.
  defaults: { gradientPenalty: 10, discriminatorNormalization: 'layer' },
  presets: steadyPresets({ mnist: 1.1, 'fashion-mnist': 1.1, emoji: 7.4 }, { r1: 0, penaltyEvery: 1 }),
})

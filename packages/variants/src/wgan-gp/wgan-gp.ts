import { adversarialVariant } from '../adversarial-variant.ts'
import { steadyPresets } from '../good-presets.ts'
import { imagesOrPoints } from '../slots.ts'

/** One update of the critic for one of the generator, and the penalty every fourth time, with as much more weight. */
const often = { r1: 0, criticSteps: 1 }

/** Wasserstein GAN with gradient penalty (Gulrajani et al. 2017, algorithm 1). */
export const wganGp = adversarialVariant({
  name: 'wgan-gp',
  title: 'WGAN-GP',
  description: 'Wasserstein distance with a gradient penalty',
  paper: {
    authors: 'Gulrajani et al.',
    title: 'Improved Training of Wasserstein GANs',
    year: 2017,
    url: 'https://arxiv.org/abs/1704.00028',
  },
  needs: { samples: imagesOrPoints },
  fixed: { loss: 'wasserstein' },
  // Algorithm 1: λ = 10, n_critic = 5, α = 0.0001, β₁ = 0, β₂ = 0.9; section 4: layer instead of batch normalization.
  defaults: {
    gradientPenalty: 10,
    criticSteps: 5,
    learningRate: 1e-4,
    beta1: 0,
    beta2: 0.9,
    discriminatorNormalization: 'layer',
  },
  presets: steadyPresets({ mnist: 0.85, 'fashion-mnist': 0.29, emoji: 0.5 }, often),
})

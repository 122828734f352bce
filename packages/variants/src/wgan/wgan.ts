import { adversarialVariant } from '../adversarial-variant.ts'
import { brisk, falling, goodPresets, small, small64 } from '../good-presets.ts'
import { imagesOrPoints } from '../slots.ts'

/**
 * Adam without a first moment in place of RMSProp, whose epsilon is larger than the squares of the gradients that a clipped critic gives
 * the generator.
 */
const clipped = {
  ...brisk,
  optimizer: 'adam' as const,
  learningRate: 5e-4,
  criticSteps: 2,
}

/** Wasserstein GAN (Arjovsky et al. 2017, algorithm 1): a critic with clipped weights, moved five times as often. */
export const wgan = adversarialVariant({
  name: 'wgan',
  title: 'WGAN',
  description: 'Wasserstein distance with clipped weights',
  paper: {
    authors: 'Arjovsky, Chintala, Bottou',
    title: 'Wasserstein Generative Adversarial Networks',
    year: 2017,
    url: 'https://arxiv.org/abs/1701.07875',
  },
  needs: { samples: imagesOrPoints },
  fixed: { loss: 'wasserstein' },
  // Algorithm 1: α = 0.00005, c = 0.01, n_critic = 5, RMSProp; the decay is that of the authors' code (PyTorch's default).
  defaults: { optimizer: 'rmsprop', learningRate: 5e-5, beta2: 0.99, weightClip: 0.01, criticSteps: 5 },
  presets: goodPresets(
    {
      mnist: { steps: 12_000, options: { ...small, ...clipped, ...falling(12_000) } },
      'fashion-mnist': { steps: 12_000, options: { ...small, ...clipped, ...falling(12_000) } },
      emoji: { steps: 2500, options: { ...small64, ...clipped, ...falling(2500) } },
    },
    { mnist: 0.73, 'fashion-mnist': 0.22, emoji: 3.5 },
  ),
})

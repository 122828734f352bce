import { adversarialVariant } from '../adversarial-variant.ts'
import { imagesOrPoints } from '../slots.ts'

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
})

import { adversarialVariant } from '../adversarial-variant.ts'
import { imagesOrPoints } from '../slots.ts'

/**
 * The original GAN: two multilayer perceptrons, minimax or non-saturating loss (Goodfellow et al. 2014, equation 1 and
 * section 3). Works on images and on points of the plane.
 */
export const vanilla = adversarialVariant({
  name: 'vanilla',
  title: 'GAN',
  description: 'two multilayer perceptrons; images or points of the plane',
  paper: {
    authors: 'Goodfellow et al.',
    title: 'Generative Adversarial Nets',
    year: 2014,
    url: 'https://arxiv.org/abs/1406.2661',
  },
  needs: { samples: imagesOrPoints },
  fixed: { architecture: 'mlp' },
  // The paper tells no sizes; these find all eight modes of ring8 in seconds.
  defaults: {
    learningRate: 1e-3,
    latentSize: 16,
    generatorNormalization: 'none',
    discriminatorNormalization: 'none',
  },
  presets: [
    {
      name: 'points',
      description: 'eight Gaussians on a ring, in a few seconds',
      data: 'ring8',
      run: { steps: 4000, batchSize: 256 },
      options: {},
    },
  ],
})

import { adversarialVariant } from '../adversarial-variant.ts'
import { steadyPresets } from '../good-presets.ts'
import { images } from '../slots.ts'

/**
 * Deep convolutional GAN (Radford et al. 2016): the architecture guidelines of its section 3, Adam 2e-4 with β₁ 0.5.
 *
 * Square grey or RGB images whose side is 4 to 7 doubled a few times (28, 32, 40, 48, 56, 64 …).
 */
export const dcgan = adversarialVariant({
  name: 'dcgan',
  title: 'DCGAN',
  description: 'strided convolutions and batch normalization; square images',
  paper: {
    authors: 'Radford, Metz, Chintala',
    title: 'Unsupervised Representation Learning with Deep Convolutional Generative Adversarial Networks',
    year: 2016,
    url: 'https://arxiv.org/abs/1511.06434',
  },
  needs: { samples: images },
  fixed: { architecture: 'dcgan' },
  presets: steadyPresets({ mnist: 0.51, 'fashion-mnist': 0.25, emoji: 0.98 }),
})

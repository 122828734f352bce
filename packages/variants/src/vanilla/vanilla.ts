import { adversarialModel } from '../adversarial-model.ts'
import { lossOf } from '../common-options.ts'
import { networkOf } from '../network.ts'
import { defineVariant } from '../variant-definition.ts'
import { vanillaDiscriminator, vanillaGenerator } from './networks.ts'
import { vanillaOptions } from './options.ts'

/**
 * The original GAN: two multilayer perceptrons, minimax or non-saturating loss (Goodfellow et al. 2014, equation 1 and
 * section 3). Works on images and on points of the plane.
 */
export const vanilla = defineVariant({
  name: 'vanilla',
  title: 'GAN',
  description: 'two multilayer perceptrons; images or points of the plane',
  paper: {
    authors: 'Goodfellow et al.',
    title: 'Generative Adversarial Nets',
    year: 2014,
    url: 'https://arxiv.org/abs/1406.2661',
  },
  kind: 'any',
  schema: vanillaOptions,
  presets: {
    points: {
      description: 'eight Gaussians on a ring, in a few seconds',
      data: 'ring8',
      run: { steps: 4000, batchSize: 256 },
      options: {},
    },
  },
  build: ({ options, sampleShape, batchSize, seed }) =>
    adversarialModel({
      name: 'vanilla',
      generator: networkOf(vanillaGenerator(options, sampleShape, seed)),
      generatorEma: networkOf(vanillaGenerator(options, sampleShape, seed)),
      discriminator: networkOf(vanillaDiscriminator(options, sampleShape, seed)),
      loss: lossOf(options),
      options,
      sampleShape,
      batchSize,
    }),
})

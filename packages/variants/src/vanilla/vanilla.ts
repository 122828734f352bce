import { adversarialVariant } from '../adversarial-variant.ts'
import { brisk, goodPresets, penalised, pointsPresets } from '../good-presets.ts'
import { imagesOrPoints } from '../slots.ts'

/** Perceptrons that are large enough for images. */
const large = {
  ...{ ...brisk, ...penalised, latentSize: 64 },
  ...{ hiddenUnits: 512, hiddenLayers: 3, generatorNormalization: 'batch' as const },
}

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
    ...goodPresets(
      {
        mnist: { steps: 12_000, options: large },
        'fashion-mnist': { steps: 12_000, options: large },
        emoji: { steps: 2500, options: large },
      },
      { mnist: 0.45, 'fashion-mnist': 0.52, emoji: 4.3 },
    ),
    ...pointsPresets(),
  ],
})

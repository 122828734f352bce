import { superResolutionPreset } from '../super-resolution/super-resolution-preset.ts'
import { superResolutionVariant } from '../super-resolution/super-resolution-variant.ts'
import { srResnet } from './sr-resnet.ts'
import { type SrganOptions, srganOptions } from './srgan-options.ts'

/**
 * SRGAN (Ledig et al. 2017): a residual network makes small images large; first it learns pixels, then a game in which a discriminator
 * tells its images from photographs, and features of a frozen network keep them close to what they were.
 *
 * Equation 3: G minimises the distance of features and 10⁻³ times its adversarial loss.
 */
export const srgan = superResolutionVariant({
  name: 'srgan',
  title: 'SRGAN',
  description: 'small images made large, with detail that a discriminator believes',
  paper: {
    authors: 'Ledig et al.',
    title: 'Photo-Realistic Single Image Super-Resolution Using a Generative Adversarial Network',
    year: 2017,
    url: 'https://arxiv.org/abs/1609.04802',
  },
  schema: srganOptions,
  presets: [
    superResolutionPreset<SrganOptions>(
      { pretrain: 1500, game: 400 },
      { generatorWidth: 32, residualBlocks: 6, generatorNormalization: 'none' },
    ),
  ],
  distance: 'squared',
  activated: true,
  network: srResnet,
})

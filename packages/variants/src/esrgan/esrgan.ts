import { superResolutionPreset } from '../super-resolution/super-resolution-preset.ts'
import { superResolutionVariant } from '../super-resolution/super-resolution-variant.ts'
import { type EsrganOptions, esrganOptions } from './esrgan-options.ts'
import { rrdbNetwork } from './rrdb.ts'

/**
 * ESRGAN (Wang et al. 2018): SRGAN with dense residual blocks and no normalization, a relativistic average discriminator, and features
 * that are compared before their activation.
 *
 * Equation 3: G minimises the distance of features, λ times its relativistic loss and η times the distance of pixels.
 */
export const esrgan = superResolutionVariant({
  name: 'esrgan',
  title: 'ESRGAN',
  description: 'small images made large by dense residual blocks, judged against the average photograph',
  paper: {
    authors: 'Wang et al.',
    title: 'ESRGAN: Enhanced Super-Resolution Generative Adversarial Networks',
    year: 2018,
    url: 'https://arxiv.org/abs/1809.00219',
  },
  schema: esrganOptions,
  presets: [
    superResolutionPreset<EsrganOptions>(
      { pretrain: 1200, game: 300 },
      { generatorWidth: 24, growth: 12, residualBlocks: 2 },
    ),
  ],
  distance: 'absolute',
  activated: false,
  network: rrdbNetwork,
})

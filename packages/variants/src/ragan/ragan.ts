import { adversarialVariant } from '../adversarial-variant.ts'
import { pointsPresets, steadyPresets } from '../good-presets.ts'
import { imagesOrPoints } from '../slots.ts'

/** Relativistic average GAN (Jolicoeur-Martineau 2019): is this sample more real than the average of the others? */
export const ragan = adversarialVariant({
  name: 'ragan',
  title: 'RaGAN',
  description: 'every sample judged against the average of the other kind',
  paper: {
    authors: 'Jolicoeur-Martineau',
    title: 'The Relativistic Discriminator: a Key Element Missing from Standard GAN',
    year: 2019,
    url: 'https://arxiv.org/abs/1807.00734',
  },
  needs: { samples: imagesOrPoints },
  fixed: { relativistic: true },
  presets: [...steadyPresets({ mnist: 0.7, 'fashion-mnist': 0.65, emoji: 1.7 }), ...pointsPresets()],
})

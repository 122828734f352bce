import { adversarialVariant } from '../adversarial-variant.ts'
import { pointsPresets, steadyPresets } from '../good-presets.ts'
import { imagesOrPoints } from '../slots.ts'

/** Least squares GAN (Mao et al. 2017): D and G move logits towards 1 and 0 instead of telling them apart. */
export const lsgan = adversarialVariant({
  name: 'lsgan',
  title: 'LSGAN',
  description: 'least squares in place of cross-entropy',
  paper: {
    authors: 'Mao et al.',
    title: 'Least Squares Generative Adversarial Networks',
    year: 2017,
    url: 'https://arxiv.org/abs/1611.04076',
  },
  needs: { samples: imagesOrPoints },
  fixed: { loss: 'least-squares' },
  presets: [...steadyPresets({ mnist: 0.64, 'fashion-mnist': 1.3, emoji: 2.6 }), ...pointsPresets()],
})

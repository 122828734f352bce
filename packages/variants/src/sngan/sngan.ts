import { adversarialVariant } from '../adversarial-variant.ts'
import { steadyPresets } from '../good-presets.ts'
import { imagesOrPoints } from '../slots.ts'

/** Spectral normalization (Miyato et al. 2018): every weight of the discriminator divided by its largest singular value. */
export const sngan = adversarialVariant({
  name: 'sngan',
  title: 'SNGAN',
  description: 'spectral normalization and the hinge loss',
  paper: {
    authors: 'Miyato et al.',
    title: 'Spectral Normalization for Generative Adversarial Networks',
    year: 2018,
    url: 'https://arxiv.org/abs/1802.05957',
  },
  needs: { samples: imagesOrPoints },
  fixed: { loss: 'hinge' },
  // Table 1, setting C: α = 0.0002, β₁ = 0.5, β₂ = 0.999, n_dis = 1 does best with spectral normalization (figure 1).
  defaults: { discriminatorNormalization: 'spectral' },
  presets: steadyPresets(
    { mnist: 0.55, 'fashion-mnist': 0.15, emoji: 0.5 },
    { discriminatorNormalization: 'spectral' },
  ),
})

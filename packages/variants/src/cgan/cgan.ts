import { adversarialVariant } from '../adversarial-variant.ts'
import { imagesOrPoints, labels } from '../slots.ts'

/** Conditional GAN (Mirza and Osindero 2014): both networks are conditioned on the label. */
export const cgan = adversarialVariant({
  name: 'cgan',
  title: 'CGAN',
  description: 'both networks are conditioned on the label',
  paper: {
    authors: 'Mirza, Osindero',
    title: 'Conditional Generative Adversarial Nets',
    year: 2014,
    url: 'https://arxiv.org/abs/1411.1784',
  },
  needs: { samples: imagesOrPoints, labels },
})

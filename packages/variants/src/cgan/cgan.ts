import { adversarialVariant } from '../adversarial-variant.ts'

/** Conditional GAN (Mirza and Osindero 2014): both networks are told the label. */
export const cgan = adversarialVariant({
  name: 'cgan',
  title: 'CGAN',
  description: 'both networks are told the label',
  paper: {
    authors: 'Mirza, Osindero',
    title: 'Conditional Generative Adversarial Nets',
    year: 2014,
    url: 'https://arxiv.org/abs/1411.1784',
  },
  kind: 'any',
  labels: 'both',
})

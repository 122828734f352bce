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
  presets: [
    {
      name: 'demo',
      description: 'digits that anybody reads, by class, in less than two minutes on two cores',
      data: 'mnist',
      run: { steps: 2500, batchSize: 64, sampleEvery: 250, checkpointEvery: 500 },
      options: {
        generatorWidth: 32,
        discriminatorWidth: 32,
        emaDecay: 0.995,
        learningRate: 5e-4,
        update: 'simultaneous',
      },
    },
  ],
})

import { adversarialVariant } from '../adversarial-variant.ts'
import type { GameOptions } from '../game/game-options.ts'
import { falling, goodPresets, steady, steady64 } from '../good-presets.ts'
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
    ...goodPresets<GameOptions>(
      {
        // Labels tell the discriminator what whole to look for: without the layer that sees it, the same time gives more steps.
        mnist: { steps: 8000, options: { ...steady, ...falling(8000), denseUnits: 0 } },
        'fashion-mnist': { steps: 8000, options: { ...steady, ...falling(8000), denseUnits: 0 } },
        emoji: { steps: 2500, options: { ...steady64, conditioning: 'projection' } },
      },
      { mnist: 0.099, 'fashion-mnist': 0.094, emoji: 1.7 },
    ),
    {
      name: 'demo',
      description: 'digits that anybody reads, by class, in less than two minutes on two cores',
      data: 'mnist',
      run: { steps: 3500, batchSize: 64, sampleEvery: 250, checkpointEvery: 500 },
      options: { ...steady, denseUnits: 0, emaDecay: 0.995 },
    },
  ],
})

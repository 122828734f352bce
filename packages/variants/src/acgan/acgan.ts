import { losses, mul, type Scalar, type Tensor } from '@tensorflow/tfjs-core'
import { z } from 'zod'
import { adversarialVariant } from '../adversarial-variant.ts'
import { classesOf } from '../bind-fields.ts'
import type { GameExtension, Judged } from '../game/extension.ts'
import type { GameOptions } from '../game/game-options.ts'
import { falling, goodPresets, steady, steady64 } from '../good-presets.ts'
import { imagesOrPoints, labels } from '../slots.ts'

/** -E log P(c | x) from the discriminator's class logits. */
function classLoss({ judgement, labels: given }: Judged): Scalar {
  return losses.softmaxCrossEntropy(given as Tensor, judgement.heads.classes!)
}

function recognition(classes: number, weight: number): GameExtension {
  return {
    heads: { classes },
    discriminator: (real, fake) => ({
      realClassLoss: mul(classLoss(real), weight),
      fakeClassLoss: mul(classLoss(fake), weight),
    }),
    generator: (fake) => ({ classLoss: mul(classLoss(fake), weight) }),
  }
}

/** Auxiliary classifier GAN (Odena et al. 2017, equations 2 and 3): the discriminator names the class, without being given it. */
export const acgan = adversarialVariant({
  name: 'acgan',
  title: 'ACGAN',
  description: 'the discriminator also names the class',
  paper: {
    authors: 'Odena, Olah, Shlens',
    title: 'Conditional Image Synthesis with Auxiliary Classifier GANs',
    year: 2017,
    url: 'https://arxiv.org/abs/1610.09585',
  },
  needs: { samples: imagesOrPoints, labels },
  discriminatorSeesLabels: false,
  presets: goodPresets<GameOptions>(
    {
      mnist: { steps: 6000, options: { ...steady, ...falling(6000) } },
      'fashion-mnist': { steps: 6000, options: { ...steady, ...falling(6000) } },
      emoji: { steps: 2500, options: steady64 },
    },
    { mnist: 0.09, 'fashion-mnist': 0.13, emoji: 4.5 },
  ),
  extra: { classWeight: z.number().min(0).max(1000).default(1).describe('weight of the class losses') },
  extend: ({ classWeight }, { fields }) => recognition(classesOf(fields.labels!), classWeight),
})

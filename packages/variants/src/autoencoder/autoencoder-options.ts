import { z } from 'zod'
import { architectureOptions } from '../architectures/architecture-options.ts'
import { gameOptions } from '../game/game-options.ts'

const game = gameOptions.shape

/** Options of variational autoencoders. */
export const autoencoderOptions = architectureOptions.extend({
  gradientAccumulation: game.gradientAccumulation,
  optimizer: game.optimizer,
  learningRate: game.learningRate,
  beta1: game.beta1,
  beta2: game.beta2,
  learningRateSchedule: game.learningRateSchedule,
  learningRateDecaySteps: game.learningRateDecaySteps,
  learningRateFinalShare: game.learningRateFinalShare,
  gradientClipNorm: game.gradientClipNorm,
  emaDecay: game.emaDecay,
  emaRampUp: game.emaRampUp,
  priorWeight: z
    .number()
    .min(0)
    .max(1000)
    .default(1)
    .describe('weight of the divergence from the prior; other than 1 is a β-VAE (Higgins et al. 2017)'),
  reconstructionVariance: z
    .number()
    .positive()
    .max(100)
    .default(0.1)
    .describe('σ² of the Gaussian around the reconstruction, for values in [-1, 1]'),
})

export type AutoencoderOptions = z.infer<typeof autoencoderOptions>

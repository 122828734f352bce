import { z } from 'zod'
import { architectureOptions } from '../architectures/architecture-options.ts'
import { playerOptions } from '../game/player-options.ts'

/** Options of variational autoencoders. */
export const autoencoderOptions = architectureOptions.extend({
  ...playerOptions.shape,
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

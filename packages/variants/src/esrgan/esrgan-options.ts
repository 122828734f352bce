import { z } from 'zod'
import { superResolutionOptions } from '../super-resolution/super-resolution-options.ts'

const { relativistic, pretrainLearningRate, adversarialWeight, pixelWeight } = superResolutionOptions.shape

export const esrganOptions = superResolutionOptions.extend({
  relativistic: relativistic.unwrap().default(true).describe(relativistic.description!),
  residualBlocks: z
    .number()
    .int()
    .min(1)
    .max(64)
    .default(23)
    .describe('RRDB of the generator: three dense blocks of five convolutions each'),
  growth: z
    .number()
    .int()
    .min(1)
    .max(256)
    .default(32)
    .describe('channels that every convolution of a dense block adds'),
  pretrainLearningRate: pretrainLearningRate.unwrap().default(2e-4).describe(pretrainLearningRate.description!),
  adversarialWeight: adversarialWeight.unwrap().default(5e-3).describe(`λ: ${adversarialWeight.description}`),
  pixelWeight: pixelWeight.unwrap().default(1e-2).describe(`η: ${pixelWeight.description}`),
})

export type EsrganOptions = z.infer<typeof esrganOptions>

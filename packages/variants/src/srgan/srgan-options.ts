import { z } from 'zod'
import { superResolutionOptions } from '../super-resolution/super-resolution-options.ts'

export const srganOptions = superResolutionOptions.extend({
  residualBlocks: z.number().int().min(1).max(64).default(16).describe('residual blocks of the generator'),
  generatorNormalization: z
    .enum(['none', 'batch', 'instance'])
    .default('batch')
    .describe("normalization of the generator's residual blocks"),
})

export type SrganOptions = z.infer<typeof srganOptions>

import { z } from 'zod'
import { commonOptions } from '../common-options.ts'

export const dcganOptions = commonOptions.extend({
  generatorWidth: z
    .number()
    .int()
    .min(1)
    .max(1024)
    .default(64)
    .describe("channels before the generator's last layer; every layer before has twice as many"),
  discriminatorWidth: z
    .number()
    .int()
    .min(1)
    .max(1024)
    .default(64)
    .describe("channels after the discriminator's first layer; every layer after has twice as many"),
  kernelSize: z.number().int().min(2).max(7).default(4).describe('side of the square kernels'),
  discriminatorNormalization: z
    .enum(['batch', 'none'])
    .default('batch')
    .describe("normalization of the discriminator's inner layers"),
})

export type DcganOptions = z.infer<typeof dcganOptions>

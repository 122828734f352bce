import { z } from 'zod'

/** When the two players of a game move, and what only the discriminator does then. */
export const updateOptions = z.strictObject({
  update: z
    .enum(['alternating', 'simultaneous'])
    .default('alternating')
    .describe(
      'the generator answers the updated discriminator, or both move at once, which is faster: one forward pass of both networks serves both',
    ),
  judgeTogether: z
    .boolean()
    .default(true)
    .describe(
      'judge real and generated samples as one batch, which is faster, in alternating updates of a discriminator that treats every sample on its own (no batch or spectral normalization, no comparison of samples)',
    ),
  criticSteps: z.number().int().min(1).max(100).default(1).describe('discriminator updates for one of the generator'),
  discriminatorLearningRate: z
    .number()
    .positive()
    .max(10)
    .optional()
    .describe('step size of the discriminator alone (two time scales, Heusel et al. 2017)'),
  weightClip: z
    .number()
    .positive()
    .optional()
    .describe("largest absolute value of the discriminator's weights (Arjovsky et al. 2017)"),
})

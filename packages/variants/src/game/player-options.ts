import { z } from 'zod'

const updates = z.number().int().min(1).max(1e9)

/** How a network is moved by its gradients, and what follows it. */
export const playerOptions = z.strictObject({
  gradientAccumulation: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(1)
    .describe(
      'batches whose gradients are averaged before the networks move, all at once: a batch that many times as large, in the memory of one',
    ),
  optimizer: z.enum(['adam', 'rmsprop', 'sgd']).default('adam').describe('optimizer of both networks'),
  learningRate: z.number().positive().max(10).default(2e-4).describe('step size of both optimizers'),
  beta1: z.number().min(0).lt(1).default(0.5).describe('decay of the first moment (adam)'),
  beta2: z.number().min(0).lt(1).default(0.999).describe('decay of the second moment (adam), of the squares (rmsprop)'),
  learningRateSchedule: z
    .enum(['constant', 'linear', 'cosine', 'exponential'])
    .default('constant')
    .describe('how both step sizes fall'),
  learningRateHoldSteps: z
    .number()
    .int()
    .min(0)
    .max(1e9)
    .default(0)
    .describe('updates before the step size begins to fall'),
  learningRateDecaySteps: updates.default(10_000).describe('updates over which the step size falls'),
  learningRateFinalShare: z.number().gt(0).max(1).default(0.01).describe('share of the step size that is left then'),
  gradientClipNorm: z.number().positive().optional().describe("largest norm of a network's gradients together"),
  emaDecay: z.number().min(0).lt(1).default(0.999).describe('decay of the moving average of the generator'),
  emaRampUp: z.boolean().default(true).describe('let the moving average follow faster during the first updates'),
})

export type PlayerOptions = z.infer<typeof playerOptions>

import { z } from 'zod'
import type { AdversarialLoss } from './losses/adversarial-loss.ts'
import { minimaxLoss, nonSaturatingLoss } from './losses/cross-entropy.ts'

/** Options that every variant with cross-entropy losses shares. */
export const commonOptions = z.strictObject({
  latentSize: z.number().int().min(1).max(4096).default(100).describe('length of the noise vector z'),
  loss: z
    .enum(['non-saturating', 'minimax'])
    .default('non-saturating')
    .describe('what the generator minimises: -log D(G(z)), or log(1 - D(G(z)))'),
  realLabel: z
    .number()
    .gt(0.5)
    .max(1)
    .default(1)
    .describe('target of real samples; below 1 is one-sided label smoothing'),
  update: z
    .enum(['alternating', 'simultaneous'])
    .default('alternating')
    .describe('the generator answers the updated discriminator, or both move at once from one forward pass'),
  optimizer: z.enum(['adam', 'rmsprop', 'sgd']).default('adam').describe('optimizer of both networks'),
  learningRate: z.number().positive().max(10).default(2e-4).describe('step size of both optimizers'),
  beta1: z.number().min(0).lt(1).default(0.5).describe('decay of the first moment (adam)'),
  beta2: z.number().min(0).lt(1).default(0.999).describe('decay of the second moment (adam), of the squares (rmsprop)'),
  emaDecay: z
    .number()
    .min(0)
    .lt(1)
    .default(0.999)
    .describe('decay of the moving average of the generator; less during the first updates'),
})

export type CommonOptions = z.infer<typeof commonOptions>

export function lossOf({ loss, realLabel }: Pick<CommonOptions, 'loss' | 'realLabel'>): AdversarialLoss {
  return loss === 'minimax' ? minimaxLoss(realLabel) : nonSaturatingLoss(realLabel)
}

import { z } from 'zod'
import { type LossName, losses } from '../losses/losses.ts'

const names = Object.keys(losses) as [LossName, ...LossName[]]

/** What the players of a game minimise. */
export const lossOptions = z.strictObject({
  loss: z.enum(names).default('non-saturating').describe('what the players minimise, as functions of the logits'),
  relativistic: z
    .boolean()
    .default(false)
    .describe('judge every sample against the average of the other kind (Jolicoeur-Martineau 2019)'),
  realLabel: z
    .number()
    .gt(0.5)
    .max(1)
    .default(1)
    .describe('target of real samples; below 1 is one-sided label smoothing (Salimans et al. 2016)'),
  flipLabels: z
    .number()
    .min(0)
    .max(0.5)
    .default(0)
    .describe('share of samples that the discriminator sees with the wrong label'),
})

export type LossOptions = z.infer<typeof lossOptions>

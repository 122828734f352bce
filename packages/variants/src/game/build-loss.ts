import { type AdversarialLoss, adversarialLoss } from '../losses/adversarial-loss.ts'
import { losses } from '../losses/losses.ts'
import type { LossOptions } from './loss-options.ts'

/**
 * The loss that the options describe. Smoothing the label of real samples holds back the discriminator alone (Salimans et
 * al. 2016, section 3.4); the generator's aim stays 1.
 */
export function buildLoss({ loss, relativistic, realLabel, flipLabels }: LossOptions): AdversarialLoss {
  const build = (label: number) =>
    adversarialLoss(losses[loss].terms({ realLabel: label, relativistic }), { relativistic, flipLabels })
  return { ...build(realLabel), generator: build(1).generator }
}

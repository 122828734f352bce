import { type AdversarialLoss, adversarialLoss, type PointwiseLoss } from '../losses/adversarial-loss.ts'
import { minimaxLoss, nonSaturatingLoss } from '../losses/cross-entropy.ts'
import { hingeLoss } from '../losses/hinge.ts'
import { leastSquaresLoss } from '../losses/least-squares.ts'
import { wassersteinLoss } from '../losses/wasserstein.ts'
import type { GameOptions } from './game-options.ts'

type LossChoice = Pick<GameOptions, 'loss' | 'relativistic' | 'realLabel' | 'flipLabels'>

const terms: Readonly<Record<GameOptions['loss'], (realLabel: number, relativistic: boolean) => PointwiseLoss>> = {
  'non-saturating': nonSaturatingLoss,
  minimax: minimaxLoss,
  // Differences of logits have no 0 to aim at: what one kind is above the other, that is below the first.
  'least-squares': (realLabel, relativistic) => leastSquaresLoss(realLabel, relativistic ? -1 : 0),
  wasserstein: () => wassersteinLoss,
  hinge: () => hingeLoss,
}

/**
 * The loss that the options describe. Smoothing the label of real samples holds back the discriminator alone (Salimans et
 * al. 2016, section 3.4); the generator's aim stays 1.
 */
export function buildLoss({ loss, relativistic, realLabel, flipLabels }: LossChoice): AdversarialLoss {
  const build = (label: number) => adversarialLoss(terms[loss](label, relativistic), { relativistic, flipLabels })
  return { ...build(realLabel), generator: build(1).generator }
}

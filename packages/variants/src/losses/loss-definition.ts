import type { PointwiseLoss } from './adversarial-loss.ts'

/** What the options say of a loss. */
export interface LossChoice {
  /** Target of real samples, in (0.5, 1]; 1 for losses without a target. */
  readonly realLabel: number
  /** Whether logits are differences from the average of the other kind. */
  readonly relativistic: boolean
}

/** A loss as an option: its terms, and what the rest of a game has to know of it. */
export interface LossDefinition {
  /** Whether real samples have a target, so that it can be smoothed. */
  readonly hasTarget: boolean
  /** Whether σ(logit) is the probability that a sample is real. */
  readonly isProbability: boolean
  terms(choice: LossChoice): PointwiseLoss
}

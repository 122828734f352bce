import { mul, type Scalar, type Tensor } from '@tensorflow/tfjs-core'
import {
  type Critic,
  draganPenalty,
  interpolatedPenalty,
  zeroCenteredPenalty,
} from '../penalties/gradient-penalties.ts'
import type { GameRules } from './game-options.ts'

type Penalty = (critic: Critic, real: Tensor, fake: Tensor, options: GameRules) => Scalar

/** Every gradient penalty, by the option that is its weight and the name of its report. */
const penalties = {
  gradientPenalty: (critic, real, fake, { gradientPenaltyAt }) =>
    gradientPenaltyAt === 'interpolated' ? interpolatedPenalty(critic, real, fake) : draganPenalty(critic, real),
  r1: (critic, real) => zeroCenteredPenalty(critic, real),
  r2: (critic, _real, fake) => zeroCenteredPenalty(critic, fake),
} satisfies Partial<Record<keyof GameRules, Penalty>>

const weighted = Object.entries(penalties) as readonly (readonly [keyof typeof penalties, Penalty])[]

/** The options that are weights of gradient penalties. */
export const penaltyNames: readonly string[] = weighted.map(([name]) => name)

/** Whether the discriminator has a gradient penalty. */
export function isPenalised(options: GameRules): boolean {
  return weighted.some(([name]) => options[name] > 0)
}

/**
 * The gradient penalties that the options ask for, with their weights.
 *
 * @param real samples as the discriminator sees them, as are `fake` ones
 */
export function gradientPenaltyTerms(
  options: GameRules,
  critic: Critic,
  real: Tensor,
  fake: Tensor,
): Record<string, Scalar> {
  const asked = weighted.filter(([name]) => options[name] > 0)
  return Object.fromEntries(
    asked.map(([name, penalty]) => [name, mul(penalty(critic, real, fake, options), options[name]) as Scalar]),
  )
}

import { add, div, minimum, mul, scalar, sub, tidy, type Variable, variable } from '@tensorflow/tfjs-core'
import type { Weights } from './network.ts'

/** The part of a network that an average follows. */
type AveragedWeights = Pick<Weights, 'weights' | 'trainable'>

/** Follows a network with an exponential moving average of its weights. */
export interface MovingAverage {
  /** Number of updates so far. */
  readonly updates: Variable
  update(): void
}

/**
 * Keeps `average` close behind `source`: w̄ ← δ·w̄ + (1 - δ)·w after every update t, with δ = min(decay, (1 + t)/(10 + t)) so
 * that the first, random weights are soon forgotten (without `rampUp` δ is the decay from the start). Running statistics are copied.
 *
 * Averaging a generator's weights: Karras et al. 2018 (Progressive Growing of GANs, section 3), Yazıcı et al. 2019.
 */
export function movingAverage(
  source: AveragedWeights,
  average: AveragedWeights,
  decay: number,
  rampUp = true,
): MovingAverage {
  for (const [name, weight] of Object.entries(source.weights)) average.weights[name]!.assign(weight)
  const updates = tidy(() => variable(scalar(0), false))
  return {
    updates,
    update: () =>
      tidy(() => {
        const keep = rampUp ? minimum(div(add(updates, 1), add(updates, 10)), decay) : decay
        for (const [name, weight] of Object.entries(source.weights)) {
          const own = average.weights[name]!
          own.assign(name in source.trainable ? add(own, mul(sub(weight, own), sub(1, keep))) : weight.clone())
        }
        updates.assign(add(updates, 1))
      }),
  }
}

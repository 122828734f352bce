import {
  add,
  div,
  minimum,
  mul,
  pow,
  scalar,
  sub,
  type Tensor,
  tidy,
  type Variable,
  variable,
} from '@tensorflow/tfjs-core'
import type { Network, Weights } from './network.ts'

/** The part of a network that an average follows. */
type AveragedWeights = Pick<Weights, 'weights' | 'trainable'>

/** Follows a network with an exponential moving average of its weights. */
export interface MovingAverage {
  /** Number of updates so far. */
  readonly updates: Variable
  update(): void
}

/** The share of itself that an average keeps at an update, by the number of updates so far. */
export type AverageKeep = number | ((updates: Tensor) => Tensor)

/**
 * δ of an average that halves what it was over so many images: 0.5^(batch/halfLife). With a share above 0, the half-life is at most that
 * share of the images so far (Karras et al. 2020, Training GANs with Limited Data, appendix C.1).
 */
export function keepByImages(halfLife: number, rampUpShare: number, batchSize: number): AverageKeep {
  if (halfLife === 0) return () => scalar(0)
  if (rampUpShare === 0) return () => scalar(0.5 ** (batchSize / halfLife))
  // After the first update there are images of one batch.
  return (updates) => {
    const longest = minimum(mul(add(updates, 1), batchSize * rampUpShare), halfLife)
    return pow(0.5, div(batchSize, longest))
  }
}

/**
 * A network for the moving average of another's weights; none where the decay is 0, as nothing but these weights would lie in it.
 *
 * @param make a network of the same architecture
 */
export function averageNetwork(decay: number, make: () => Network): Network | undefined {
  return decay === 0 ? undefined : make()
}

/**
 * Keeps `average` close behind `source`: w̄ ← δ·w̄ + (1 - δ)·w after every update t, with δ = min(decay, (1 + t)/(10 + t)) so
 * that the first, random weights are soon forgotten (without `rampUp`, or by a function, δ is the decay from the start). Running statistics
 * are copied.
 *
 * Averaging a generator's weights: Karras et al. 2018 (Progressive Growing of GANs, section 3), Yazıcı et al. 2019.
 */
export function movingAverage(
  source: AveragedWeights,
  average: AveragedWeights,
  decay: AverageKeep,
  rampUp = true,
): MovingAverage {
  for (const [name, weight] of Object.entries(source.weights)) average.weights[name]!.assign(weight)
  const updates = tidy(() => variable(scalar(0), false))
  const keepAt = (count: Tensor) => {
    if (typeof decay !== 'number') return decay(count)
    return rampUp ? minimum(div(add(count, 1), add(count, 10)), decay) : decay
  }
  return {
    updates,
    update: () =>
      tidy(() => {
        const keep = keepAt(updates)
        for (const [name, weight] of Object.entries(source.weights)) {
          const own = average.weights[name]!
          own.assign(name in source.trainable ? add(own, mul(sub(weight, own), sub(1, keep))) : weight.clone())
        }
        updates.assign(add(updates, 1))
      }),
  }
}

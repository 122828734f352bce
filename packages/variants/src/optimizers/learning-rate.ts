import { cos, div, maximum, minimum, mul, pow, type Scalar, scalar, sub, type Tensor } from '@tensorflow/tfjs-core'

/** How a learning rate changes during training. */
export interface LearningRateSchedule {
  /** `constant`, or falling to `finalShare` of the start after `decaySteps` updates, and constant from there on. */
  readonly shape: 'constant' | 'linear' | 'cosine' | 'exponential'
  readonly decaySteps: number
  /** Updates before it begins to fall; 0 by default. */
  readonly holdSteps?: number
  /** Share of the start that is left in the end, in [0, 1]; above 0 for `exponential`. */
  readonly finalShare: number
}

/**
 * The share of the learning rate that is left after `updates` updates (a float32 scalar), with p = min(max(updates - holdSteps,
 * 0)/decaySteps, 1) and f = `finalShare`:
 *
 * - linear: 1 - p·(1 - f)
 * - cosine: f + (1 - f)·½(1 + cos πp) (Loshchilov and Hutter 2017, equation 5, without restarts)
 * - exponential: f^p
 */
export function learningRateShare(
  { shape, decaySteps, holdSteps = 0, finalShare }: LearningRateSchedule,
  updates: Tensor,
): Scalar {
  if (shape === 'constant') return scalar(1)
  const falling = holdSteps === 0 ? updates : maximum(sub(updates, holdSteps), 0)
  const progress = minimum(div(falling, decaySteps), 1)
  if (shape === 'linear') return sub(1, mul(progress, 1 - finalShare))
  if (shape === 'exponential') return pow(finalShare, progress)
  const wave = mul(sub(1, cos(mul(progress, Math.PI))), 0.5)
  return sub(1, mul(wave, 1 - finalShare))
}

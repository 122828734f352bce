import {
  add,
  div,
  mul,
  pow,
  type Scalar,
  scalar,
  sqrt,
  square,
  sub,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core'

/** How one weight follows its gradient. Moments start at zero. */
export interface UpdateRule {
  /** Names of the moments that it keeps of every weight. */
  readonly moments: readonly string[]
  /** The one of them that tells most of the present gradient: a running mean of its first or second power. */
  readonly remembers?: { readonly moment: string; readonly power: 1 | 2; readonly decay: number }
  /**
   * Prepares what all weights share in one update.
   *
   * @param learningRate of this update
   * @param update number of this update, from 1
   * @returns the step that a weight takes off itself; it assigns the moments
   */
  begin(learningRate: Scalar, update: Tensor): (gradient: Tensor, moments: readonly Variable[]) => Tensor
}

/** Stochastic gradient descent: w ← w - η·g. */
export const sgd: UpdateRule = {
  moments: [],
  begin: (learningRate) => (gradient) => mul(gradient, learningRate),
}

/** Moves an average a little towards a value: a + (1 - decay)·(value - a). */
function follow(average: Variable, value: Tensor, decay: number): Tensor {
  const next = add(average, mul(sub(value, average), 1 - decay))
  average.assign(next)
  return next
}

/**
 * RMSProp (Tieleman and Hinton 2012): v ← ρ·v + (1 - ρ)·g²; w ← w - η·g/√(v + ε), with ε inside the root as in TensorFlow.
 */
export function rmsprop(decay: number, epsilon = 1e-7): UpdateRule {
  return {
    moments: ['rms'],
    remembers: { moment: 'rms', power: 2, decay },
    begin:
      (learningRate) =>
      (gradient, [squares]) => {
        const mean = follow(squares!, square(gradient), decay)
        return div(mul(gradient, learningRate), sqrt(add(mean, epsilon)))
      },
  }
}

/**
 * Adam (Kingma and Ba 2015, algorithm 1): m and v are averages of g and g², m̂ = m/(1 - β₁ᵗ), v̂ = v/(1 - β₂ᵗ);
 * w ← w - η·m̂/(√v̂ + ε).
 *
 * The corrections are scalars, and meet here before they meet a weight (end of section 2): with c = √(1 - β₂ᵗ),
 * w ← w - (η·c/(1 - β₁ᵗ))·(m/(√v + ε·c)).
 */
export function adam(beta1: number, beta2: number, epsilon = 1e-7): UpdateRule {
  return {
    moments: ['m', 'v'],
    remembers: { moment: 'm', power: 1, decay: beta1 },
    begin: (learningRate, update) => {
      const correction = (beta: number) => sub(1, pow(scalar(beta), update))
      const spread = sqrt(correction(beta2))
      const step = div(mul(learningRate, spread), correction(beta1))
      const least = mul(spread, epsilon)
      return (gradient, [first, second]) => {
        const mean = follow(first!, gradient, beta1)
        const squares = follow(second!, square(gradient), beta2)
        return mul(div(mean, add(sqrt(squares), least)), step)
      }
    },
  }
}

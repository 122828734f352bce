import {
  add,
  addN,
  div,
  eye,
  matMul,
  mul,
  reshape,
  type Scalar,
  scalar,
  square,
  sub,
  sum,
  type Tensor2D,
  tidy,
  type Variable,
  variable,
} from '@tensorflow/tfjs-core'

type Weights = Readonly<Record<string, Variable>>

/** Where weights have been on average, as state. */
export interface WeightHistory {
  readonly slots: Weights
  /** ‖θ - θ̄‖² over all weights. */
  distance(): Scalar
  /** Takes the present weights into the average. */
  update(): void
  dispose(): void
}

/**
 * Historical averaging (Salimans et al. 2016, section 3.3): the penalty ‖θ - (1/t) Σ θᵢ‖² over the weights θᵢ of all steps so
 * far, the initial ones included.
 */
export function weightHistory(weights: Weights): WeightHistory {
  const count = tidy(() => variable(scalar(1), false))
  const averages = Object.fromEntries(
    Object.entries(weights).map(([name, weight]) => [name, tidy(() => variable(weight.clone(), false))]),
  )
  const slots: Record<string, Variable> = { count }
  for (const [name, average] of Object.entries(averages)) slots[`${name}/average`] = average
  return {
    slots,
    distance: () =>
      addN(Object.entries(weights).map(([name, weight]) => sum(square(sub(weight, averages[name]!))))) as Scalar,
    update: () =>
      tidy(() => {
        const next = add(count, 1)
        for (const [name, weight] of Object.entries(weights)) {
          const average = averages[name]!
          average.assign(add(average, div(sub(weight, average), next)))
        }
        count.assign(next as Scalar)
      }),
    dispose: () => {
      for (const slot of Object.values(slots)) slot.dispose()
    },
  }
}

/**
 * Orthogonal regularization (Brock et al. 2019, Large Scale GAN Training, equation 3): Σ ‖WᵀW ⊙ (1 - I)‖² over all kernels,
 * each as a matrix with one column an output.
 */
export function orthogonalPenalty(weights: Weights): Scalar {
  const kernels = Object.entries(weights).filter(([name, { rank }]) => /kernel$/.test(name) && rank >= 2)
  const penalties = kernels.map(([, kernel]) => {
    const outputs = kernel.shape.at(-1)!
    const matrix = reshape(kernel, [-1, outputs]) as Tensor2D
    const products = matMul(matrix, matrix, true)
    return sum(square(mul(products, sub(1, eye(outputs)))))
  })
  return addN(penalties) as Scalar
}

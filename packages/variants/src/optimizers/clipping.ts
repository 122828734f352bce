import {
  addN,
  clipByValue,
  div,
  maximum,
  mul,
  sqrt,
  square,
  sum,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core'

/** g·min(1, c/‖g‖) with the norm of all gradients together (Pascanu et al. 2013, algorithm 1). */
export function clipByGlobalNorm(gradients: readonly Tensor[], limit: number): Tensor[] {
  const norm = sqrt(addN(gradients.map((gradient) => sum(square(gradient)))))
  const scale = div(limit, maximum(norm, limit))
  return gradients.map((gradient) => mul(gradient, scale))
}

/** Moves every weight into [-limit, limit] (Arjovsky et al. 2017, algorithm 1). */
export function clipWeights(weights: Readonly<Record<string, Variable>>, limit: number): void {
  for (const weight of Object.values(weights)) weight.assign(clipByValue(weight, -limit, limit))
}

import { keep, type NamedTensorMap, type Scalar, type Variable, variableGrads } from '@tensorflow/tfjs-core'

/** A loss, and scalars that are worth reporting beside it. */
export interface Objective {
  readonly loss: Scalar
  readonly reports: Readonly<Record<string, Scalar>>
}

/** An objective with the gradients of its loss, by name of the TF.js variable. */
export interface ObjectiveWithGradients extends Objective {
  readonly gradients: NamedTensorMap
}

/** Differentiates an objective; TF.js lets only the loss out of a gradient function, so reports are carried past it. */
export function withGradients(
  weights: Readonly<Record<string, Variable>>,
  objective: () => Objective,
): ObjectiveWithGradients {
  let kept: Readonly<Record<string, Scalar>> = {}
  const { value, grads } = variableGrads(() => {
    const { loss, reports } = objective()
    kept = Object.fromEntries(Object.entries(reports).map(([name, report]) => [name, keep(report)]))
    return loss
  }, Object.values(weights))
  const reports = Object.fromEntries(
    Object.entries(kept).map(([name, report]) => {
      // The copy belongs to the caller's tidy again.
      const copy = report.clone()
      report.dispose()
      return [name, copy]
    }),
  )
  return { loss: value, reports, gradients: grads }
}

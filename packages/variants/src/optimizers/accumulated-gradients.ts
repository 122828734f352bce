import { add, div, type NamedTensorMap, tidy, type Variable, variable, zerosLike } from '@tensorflow/tfjs-core'

/** Gradients of several batches, as state: their average is gathered before anything moves. */
export interface AccumulatedGradients {
  /** A share of the average for every weight, by its name. */
  readonly slots: Readonly<Record<string, Variable>>
  /**
   * Adds those of one batch.
   *
   * @param gradients by the name of the TF.js variable, as `variableGrads` gives them
   */
  add(gradients: NamedTensorMap): void
  /** The average, by the name of the TF.js variable. The slots start again at zero. */
  take(): NamedTensorMap
  dispose(): void
}

/** Makes slots at zero for the gradients of so many batches. */
export function accumulatedGradients(
  weights: Readonly<Record<string, Variable>>,
  batches: number,
): AccumulatedGradients {
  const entries = Object.entries(weights).map(([name, weight]) => ({
    name,
    weight,
    slot: tidy(() => variable(zerosLike(weight), false)),
  }))
  return {
    slots: Object.fromEntries(entries.map(({ name, slot }) => [name, slot])),
    add: (gradients) =>
      tidy(() => {
        for (const { weight, slot } of entries) {
          const own = gradients[weight.name]
          if (own !== undefined) slot.assign(add(slot, div(own, batches)))
        }
      }),
    take: () =>
      Object.fromEntries(
        entries.map(({ weight, slot }) => {
          const average = slot.clone()
          slot.assign(tidy(() => zerosLike(slot)))
          return [weight.name, average]
        }),
      ),
    dispose: () => {
      for (const { slot } of entries) slot.dispose()
    },
  }
}

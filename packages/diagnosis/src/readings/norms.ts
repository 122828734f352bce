import type { Learner, State } from '@gantry/core'
import type { Readings } from './readings.ts'

/** The names of the state that {@link normReadings} needs. */
export function namesForNorms(learners: Readonly<Record<string, Learner>>): string[] {
  return Object.values(learners).flatMap(({ weights, gradients }) => [
    ...weights,
    ...(gradients ? [...gradients.means, gradients.updates] : []),
  ])
}

/**
 * Euclidean norms over all weights of each network: `generatorWeightNorm`, and `generatorGradientNorm` of the running mean of its
 * gradients that its optimizer keeps (Adam's first moment; the root of RMSProp's mean square), corrected for its young age. An
 * optimizer that keeps none has no such norm.
 */
export function normReadings(learners: Readonly<Record<string, Learner>>, state: State): Readings {
  const readings: Record<string, number> = {}
  for (const [name, { weights, gradients }] of Object.entries(learners)) {
    readings[`${name}WeightNorm`] = Math.sqrt(sumOver(state, weights, 2))
    if (gradients === undefined) continue
    const { means, power, decay, updates } = gradients
    const age = 1 - decay ** Number(state[updates]!.data[0])
    // Before the first update there is nothing to tell.
    if (age === 0) continue
    const sum = sumOver(state, means, power === 1 ? 2 : 1)
    readings[`${name}GradientNorm`] = power === 1 ? Math.sqrt(sum) / age : Math.sqrt(sum / age)
  }
  return readings
}

/** Sum of the values of several arrays, or of their squares. */
function sumOver(state: State, names: readonly string[], power: 1 | 2): number {
  let sum = 0
  for (const name of names) {
    const data = state[name]!.data as Float32Array
    if (power === 1) for (let index = 0; index < data.length; index++) sum += data[index]!
    else for (let index = 0; index < data.length; index++) sum += data[index]! * data[index]!
  }
  return sum
}

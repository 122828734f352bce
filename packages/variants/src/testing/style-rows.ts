import type { Variable } from '@tensorflow/tfjs-core'
import type { Weights } from '../network.ts'
import { average, range, total, variableOf } from './formula.ts'

export type Values = readonly number[]

/** A row for every sample. */
export const rows = (values: Values, length: number) =>
  range(values.length / length).map((row) => values.slice(row * length, (row + 1) * length))
/** [rows, inputs] by [inputs, outputs]. */
export const product = (left: readonly Values[], kernel: Values, outputs: number) =>
  left.map((row) =>
    range(outputs).map((output) => total(row.map((value, index) => value * kernel[index * outputs + output]!))),
  )
/** A weight of a network, given these numbers. */
export const weightNamed = (network: Weights, name: string, numbers: { shape: Values; values: Values }): Variable => {
  const weight = network.weights[name]!
  weight.assign(variableOf(numbers))
  return weight
}
/** Of unit spread. */
export const unit = (row: Values) => row.map((value) => value / Math.sqrt(average(row.map((own) => own ** 2)) + 1e-8))
export const leaky = (value: number) => (value > 0 ? value : 0.2 * value)
export const inTraining = { training: true }

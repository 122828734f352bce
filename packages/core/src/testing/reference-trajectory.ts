import { referenceBatchSize, referenceConstants, referenceVariables } from './reference-model.ts'

const { learningRate, momentum, retention, strength, table } = referenceConstants

const INPUTS = 3
const OUTPUTS = 2

/** `referenceModel` in float64 and plain loops: what every backend must agree with. */
export class ReferenceTrajectory {
  readonly variables = Object.fromEntries(
    Object.entries(referenceVariables).map(([name, array]) => [name, Array.from(array.data, Number)]),
  ) as Record<keyof typeof referenceVariables, number[]>

  predict(x: ArrayLike<number>): { prediction: number[]; centred: number[] } {
    const { 'linear/kernel': kernel, 'linear/bias': bias, 'input/mean': mean } = this.variables
    const prediction: number[] = []
    for (let row = 0; row < x.length / INPUTS; row++) {
      for (let column = 0; column < OUTPUTS; column++) {
        let sum = bias[column]!
        for (let input = 0; input < INPUTS; input++) {
          sum += x[row * INPUTS + input]! * kernel[input * OUTPUTS + column]!
        }
        prediction.push(sum)
      }
    }
    return { prediction, centred: Array.from(x, (value, index) => value - mean[index % INPUTS]!) }
  }

  perturb(x: ArrayLike<number>, noise: ArrayLike<number>): number[] {
    return Array.from(x, (value, index) => value + strength * noise[index]!)
  }

  fit(x: ArrayLike<number>, target: ArrayLike<number>): { loss: number; gradientNorm: number; step: number } {
    const { variables } = this
    const error = this.predict(x).prediction.map((value, index) => value - target[index]!)
    const loss = meanOfSquares(error)
    const kernelGradient = variables['linear/kernel'].map((_, index) => {
      const [input, column] = [Math.floor(index / OUTPUTS), index % OUTPUTS]
      return sumOverBatch((row) => x[row * INPUTS + input]! * error[row * OUTPUTS + column]!) / referenceBatchSize
    })
    const biasGradient = variables['linear/bias'].map(
      (_, column) => sumOverBatch((row) => error[row * OUTPUTS + column]!) / referenceBatchSize,
    )
    this.#descend('linear/kernel', 'linear/momentum/kernel', kernelGradient)
    this.#descend('linear/bias', 'linear/momentum/bias', biasGradient)
    variables['input/mean'] = variables['input/mean'].map(
      (old, input) =>
        retention * old + (1 - retention) * (sumOverBatch((row) => x[row * INPUTS + input]!) / referenceBatchSize),
    )
    variables['loss/average'] = [retention * variables['loss/average'][0]! + (1 - retention) * loss]
    return { loss, gradientNorm: norm([...kernelGradient, ...biasGradient]), step: this.#count() }
  }

  decay(rate: number): { kernelNorm: number } {
    this.variables['linear/kernel'] = this.variables['linear/kernel'].map((value) => (1 - rate) * value)
    this.#count()
    return { kernelNorm: norm(this.variables['linear/kernel']) }
  }

  lookup(index: number): { value: number } {
    const value = table[index]!
    this.variables['loss/average'] = [value]
    this.#count()
    return { value }
  }

  #count(): number {
    this.variables.steps = [this.variables.steps[0]! + 1]
    return this.variables.steps[0]!
  }

  #descend(name: 'linear/kernel' | 'linear/bias', slot: `linear/momentum/${'kernel' | 'bias'}`, gradient: number[]) {
    const { variables } = this
    variables[slot] = variables[slot].map((old, index) => momentum * old + gradient[index]!)
    variables[name] = variables[name].map((old, index) => old - learningRate * variables[slot][index]!)
  }
}

function sumOverBatch(term: (row: number) => number): number {
  let sum = 0
  for (let row = 0; row < referenceBatchSize; row++) sum += term(row)
  return sum
}

function norm(values: readonly number[]): number {
  return Math.hypot(...values)
}

function meanOfSquares(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value * value, 0) / values.length
}

import type { FeatureMatrix } from '../features.ts'
import { reporter, type Work } from '../work.ts'
import { minimize, type Objective } from './lbfgs.ts'

export interface RegressionOptions {
  /** λ of the penalty λ/2·‖W‖² on the weights of standardized features; biases are free. 1e-3 by default. */
  readonly penalty?: number
  readonly maxIterations?: number
}

/** A fitted model over raw features: logits = x·weights + biases. */
export interface LinearClassifier {
  /** `[features, classes]`. */
  readonly weights: Float64Array
  readonly biases: Float64Array
  /** Mean cross-entropy and penalty at the end. */
  readonly loss: number
  readonly iterations: number
  readonly converged: boolean
}

const TOLERANCE = 1e-7

/**
 * Multinomial logistic regression in float64: mean cross-entropy plus penalty is convex, so there is one answer, and L-BFGS
 * reaches it from zero without a random number. Features are standardized first; a feature that never changes is left out.
 */
export async function fitLogisticRegression(
  features: FeatureMatrix,
  labels: Int32Array,
  classes: number,
  { penalty = 1e-3, maxIterations = 500, ...work }: RegressionOptions & Work = {},
): Promise<LinearClassifier> {
  const { columns } = features
  const { mean, scale } = moments(features)
  const standardized = standardize(features, mean, scale)
  const objective = crossEntropy(standardized, columns, labels, classes, penalty)
  const start = new Float64Array((columns + 1) * classes)
  const afterIteration = reporter(work, maxIterations, 'iterations')
  const { x, value, iterations, converged } = await minimize(objective, start, {
    maxIterations,
    tolerance: TOLERANCE,
    afterIteration,
  })
  const weights = x.slice(0, columns * classes)
  const biases = x.slice(columns * classes)
  for (let column = 0; column < columns; column++) {
    for (let own = 0; own < classes; own++) {
      weights[column * classes + own]! *= scale[column]!
      biases[own]! -= weights[column * classes + own]! * mean[column]!
    }
  }
  return { weights, biases, loss: value, iterations, converged }
}

/** The class with the greatest logit of every sample. */
export function classifyLinearly(
  { weights, biases }: LinearClassifier,
  { rows, columns, data }: FeatureMatrix,
): Int32Array {
  const classes = biases.length
  const logits = new Float64Array(classes)
  return Int32Array.from({ length: rows }, (_, row) => {
    logits.set(biases)
    for (let column = 0; column < columns; column++) {
      const value = data[row * columns + column]!
      for (let own = 0; own < classes; own++) logits[own]! += value * weights[column * classes + own]!
    }
    return logits.indexOf(Math.max(...logits))
  })
}

/** Weights first, [features, classes], then biases. */
function crossEntropy(
  data: Float64Array,
  columns: number,
  labels: Int32Array,
  classes: number,
  penalty: number,
): Objective {
  const rows = labels.length
  const scores = new Float64Array(classes)
  return (x, gradient) => {
    const biasAt = columns * classes
    gradient.fill(0)
    let loss = 0
    for (let row = 0; row < rows; row++) {
      scores.set(x.subarray(biasAt))
      for (let column = 0; column < columns; column++) {
        const [value, at] = [data[row * columns + column]!, column * classes]
        for (let own = 0; own < classes; own++) scores[own]! += value * x[at + own]!
      }
      loss += toErrors(scores, labels[row]!)
      for (let column = 0; column < columns; column++) {
        const [value, at] = [data[row * columns + column]!, column * classes]
        for (let own = 0; own < classes; own++) gradient[at + own]! += value * scores[own]!
      }
      for (let own = 0; own < classes; own++) gradient[biasAt + own]! += scores[own]!
    }
    let squares = 0
    for (let index = 0; index < x.length; index++) {
      const weight = index < biasAt ? x[index]! : 0
      squares += weight * weight
      gradient[index] = gradient[index]! / rows + penalty * weight
    }
    return loss / rows + (penalty / 2) * squares
  }
}

/** Cross-entropy of logits, which become probabilities minus the truth: the gradient of the loss by the logits. */
function toErrors(scores: Float64Array, label: number): number {
  const top = Math.max(...scores)
  let sum = 0
  for (let own = 0; own < scores.length; own++) sum += Math.exp(scores[own]! - top)
  const loss = Math.log(sum) + top - scores[label]!
  for (let own = 0; own < scores.length; own++) {
    scores[own] = Math.exp(scores[own]! - top) / sum - (own === label ? 1 : 0)
  }
  return loss
}

/** Mean of every feature, and 1/deviation; 0 for features that never change. */
function moments({ rows, columns, data }: FeatureMatrix): { mean: Float64Array; scale: Float64Array } {
  const mean = new Float64Array(columns)
  const squares = new Float64Array(columns)
  for (let index = 0; index < data.length; index++) mean[index % columns]! += data[index]! / rows
  for (let index = 0; index < data.length; index++) {
    squares[index % columns]! += (data[index]! - mean[index % columns]!) ** 2 / rows
  }
  // Rounding leaves a little of a constant.
  const scale = squares.map((square, column) => (square > (1e-12 * mean[column]!) ** 2 ? 1 / Math.sqrt(square) : 0))
  return { mean, scale }
}

function standardize({ columns, data }: FeatureMatrix, mean: Float64Array, scale: Float64Array): Float64Array {
  return Float64Array.from(data, (value, index) => (value - mean[index % columns]!) * scale[index % columns]!)
}

import { DataError, ShapeError } from '@gantry/core'

/** Mean and covariance of features, the latter row-major and divided by count − 1. */
export interface GaussianStatistics {
  readonly mean: Float64Array
  readonly covariance: Float64Array
  /** Of how many samples; files of other tools do not say. */
  readonly count?: number
}

/**
 * @throws ShapeError `STATISTICS_MISSIZED`, DataError `STATISTICS_NOT_FINITE`
 */
export function checkStatistics(owner: string, { mean, covariance }: GaussianStatistics): void {
  if (covariance.length !== mean.length ** 2) {
    throw new ShapeError({
      code: 'STATISTICS_MISSIZED',
      message: `${owner}: a mean of ${mean.length} features needs ${mean.length ** 2} covariances but there are ${covariance.length}.`,
    })
  }
  for (const [what, values] of Object.entries({ mean, covariance })) {
    const bad = values.findIndex((value) => !Number.isFinite(value))
    if (bad === -1) continue
    throw new DataError({
      code: 'STATISTICS_NOT_FINITE',
      message: `${owner}: element ${bad} of the ${what} is ${values[bad]}.`,
      fix: 'Compute the statistics again, from features that are finite.',
    })
  }
}

/** Relative to the largest element: far above the rounding of float32, far below what a wrong array differs by. */
const ASYMMETRY = 1e-5

/**
 * Warnings of a matrix that cannot be a covariance, and is told by two of its elements: one that is not symmetric, has a negative
 * variance, or a covariance above what the variances allow (Cauchy and Schwarz).
 */
export function covarianceWarnings(owner: string, { mean, covariance }: GaussianStatistics): string[] {
  const size = mean.length
  const largest = covariance.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const allowed = ASYMMETRY * largest
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < row; column++) {
      const [here, there] = [covariance[row * size + column]!, covariance[column * size + row]!]
      if (Math.abs(here - there) <= allowed) continue
      return [
        `The covariance of ${owner} is not symmetric: element [${row},${column}] is ${here}, but [${column},${row}] is ${there}. It is no covariance, and the Fréchet distance to it means nothing.`,
      ]
    }
  }
  const varianceOf = (index: number) => covariance[index * (size + 1)]!
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      const bound = Math.sqrt(Math.max(0, varianceOf(row)) * Math.max(0, varianceOf(column)))
      if (Math.abs(covariance[row * size + column]!) <= bound + allowed) continue
      return [indefiniteWarning(owner)]
    }
  }
  return []
}

export function indefiniteWarning(owner: string): string {
  return `The covariance of ${owner} has a negative eigenvalue: it is no covariance, and the Fréchet distance to it means nothing.`
}

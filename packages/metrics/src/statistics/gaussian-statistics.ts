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

import { ConfigurationError } from '@gantry/core'
import { checkSameWidth, type FeatureMatrix } from '../features.ts'
import { takeRows } from '../linear-algebra/rows.ts'
import { NumpyRandomState } from '../random/numpy-random.ts'
import { gaussianStatistics } from '../statistics/gaussian-accumulator.ts'
import { reporter } from '../work.ts'
import { type FeatureDistanceOptions, frechetDistance } from './frechet-distance.ts'

// FID∞ (Chong & Forsyth, Effectively Unbiased FID and Inception Score and Where to Find Them, CVPR 2020, eq. 5): the
// distance of N samples is linear in 1/N to first order, so a line through distances of several N, read at 1/N = 0, is the
// distance of infinitely many. Sizes as in mchong6/FID_IS_infinity: 15, evenly from 5,000 to all (their score_infinity.py);
// samples are drawn here by a seeded permutation for each size.

export interface FrechetInfinityOptions extends FeatureDistanceOptions {
  /** Number of sizes; 15 by default. */
  readonly points?: number
  /** Smallest size; by default 5,000, or a tenth of the samples where that is more than half of them. */
  readonly smallest?: number
  readonly seed?: number
}

export interface FrechetInfinity {
  /** The line at 1/N = 0. */
  readonly value: number
  /** How fast the distance grows with 1/N. */
  readonly slope: number
  readonly distances: readonly { readonly count: number; readonly value: number }[]
  readonly warnings: readonly string[]
}

/**
 * The Fréchet distance that infinitely many generated samples would have. The real set is used whole at every size, as
 * in the paper, so its own bias stays.
 *
 * @throws ConfigurationError `SIZES_INVALID`; ShapeError `FEATURE_WIDTHS_DIFFER`, `FEATURES_NOT_FINITE`
 */
export async function frechetDistanceInfinity(
  real: FeatureMatrix,
  generated: FeatureMatrix,
  options: FrechetInfinityOptions = {},
): Promise<FrechetInfinity> {
  checkSameWidth(real, generated)
  const { points = 15, seed = 0, progress: _, ...work } = options
  const { smallest = generated.rows >= 10_000 ? 5000 : Math.ceil(generated.rows / 10) } = options
  if (!Number.isInteger(points) || points < 2 || !(smallest >= 2) || smallest >= generated.rows) {
    throw new ConfigurationError({
      code: 'SIZES_INVALID',
      message: `A line through ${points} sizes from ${smallest} to ${generated.rows} samples cannot be drawn.`,
      fix: 'Ask for 2 points or more, the smallest of 2 samples or more and of fewer than all.',
    })
  }
  const realStatistics = await gaussianStatistics(real, work)
  const random = new NumpyRandomState(seed)
  const report = reporter(options, points, 'FID∞')
  const distances = []
  for (let point = 0; point < points; point++) {
    const count = Math.floor(smallest + ((generated.rows - smallest) * point) / (points - 1))
    const sample = takeRows(generated, random.choice(generated.rows, count))
    const { value } = await frechetDistance(realStatistics, await gaussianStatistics(sample, work), work)
    distances.push({ count, value })
    await report(point + 1)
  }
  const { intercept, slope } = fitLine(distances.map(({ count, value }) => [1 / count, value]))
  const warnings =
    smallest > generated.columns
      ? []
      : [
          `The smallest sets of ${smallest} samples are not more than ${generated.columns} features: there the distance is far from linear in 1/N, and the extrapolation rough.`,
        ]
  return { value: intercept, slope, distances, warnings }
}

/** Least squares. */
function fitLine(points: readonly (readonly [x: number, y: number])[]): { intercept: number; slope: number } {
  const mean = (axis: 0 | 1) => points.reduce((sum, point) => sum + point[axis], 0) / points.length
  const [meanX, meanY] = [mean(0), mean(1)]
  const slope =
    points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) /
    points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  return { intercept: meanY - slope * meanX, slope }
}

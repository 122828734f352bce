import { ConfigurationError } from '@gantry/core'
import { checkFeatures, checkSameWidth, type FeatureMatrix } from '../features.ts'
import { localProducts, type MatrixProducts } from '../linear-algebra/products.ts'
import { takeRows } from '../linear-algebra/rows.ts'
import { NumpyRandomState } from '../random/numpy-random.ts'
import { reporter, type Work } from '../work.ts'
import { type Kernel, kernelSums, squaredLengths } from './kernel-sums.ts'

// Kernel Inception Distance (Bińkowski et al., Demystifying MMD GANs, ICLR 2018, sec. 4): the squared maximum mean
// discrepancy (Gretton et al., JMLR 2012, eq. 3) under k(x, y) = (x·y/D + 1)³, on random subsets.
// Agrees with toshas/torch-fidelity@5e211a95 (metric_kid.py): subsets of both sets from one RandomState(2020), first's then
// second's; 100 subsets of 1,000; mean and population deviation.

/** Which sums of the kernel matrices estimate the discrepancy (Gretton et al. 2012: eq. 3, eq. 5, and Lemma 7's u-statistic). */
export type DiscrepancyEstimator = 'unbiased' | 'biased' | 'u-statistic'

export interface KernelOptions {
  readonly kernel?: Kernel
  readonly estimator?: DiscrepancyEstimator
  readonly products?: MatrixProducts
}

export interface KernelDistanceOptions extends KernelOptions, Work {
  /** 100 by default. */
  readonly subsets?: number
  /** 1,000 by default. */
  readonly subsetSize?: number
  /** 2020 by default. */
  readonly seed?: number
}

export interface KernelDistance {
  readonly value: number
  /** Population deviation over the subsets. */
  readonly standardDeviation: number
  readonly subsetDistances: readonly number[]
}

/**
 * KID of two sets of features. Unbiased, so that equal distributions come out around 0, on either side.
 *
 * @throws ConfigurationError `SUBSET_TOO_LARGE`; ShapeError `FEATURE_WIDTHS_DIFFER`, `FEATURES_NOT_FINITE`
 */
export async function kernelDistance(
  left: FeatureMatrix,
  right: FeatureMatrix,
  options: KernelDistanceOptions = {},
): Promise<KernelDistance> {
  const { subsets = 100, subsetSize = 1000, seed = 2020 } = options
  checkBoth(left, right)
  const most = Math.min(left.rows, right.rows)
  if (subsetSize > most || subsetSize < 2 || subsets < 1) {
    throw new ConfigurationError({
      code: 'SUBSET_TOO_LARGE',
      message: `${subsets} subsets of ${subsetSize} cannot be drawn from sets of ${left.rows} and ${right.rows} samples.`,
      fix: most < 2 ? 'Draw more samples.' : `Ask for a subset size from 2 to ${most}, or draw more samples.`,
    })
  }
  const random = new NumpyRandomState(seed)
  const subsetDistances: number[] = []
  const report = reporter(options, subsets, 'KID subsets')
  while (subsetDistances.length < subsets) {
    const leftSubset = takeRows(left, random.choice(left.rows, subsetSize))
    const rightSubset = takeRows(right, random.choice(right.rows, subsetSize))
    subsetDistances.push(await maximumMeanDiscrepancy(leftSubset, rightSubset, options))
    await report(subsetDistances.length)
  }
  const value = subsetDistances.reduce((sum, distance) => sum + distance, 0) / subsets
  const variance = subsetDistances.reduce((sum, distance) => sum + (distance - value) ** 2, 0) / subsets
  return { value, standardDeviation: Math.sqrt(variance), subsetDistances }
}

/**
 * Squared maximum mean discrepancy of two whole sets. They may differ in size, except for the u-statistic.
 *
 * @throws ConfigurationError `SETS_UNEQUAL`; ShapeError `FEATURE_WIDTHS_DIFFER`, `FEATURES_NOT_FINITE`
 */
export async function maximumMeanDiscrepancy(
  left: FeatureMatrix,
  right: FeatureMatrix,
  { kernel = { kind: 'polynomial' }, estimator = 'unbiased', products = localProducts }: KernelOptions = {},
): Promise<number> {
  checkBoth(left, right)
  const [m, n] = [left.rows, right.rows]
  if (estimator === 'u-statistic' && m !== n) {
    throw new ConfigurationError({
      code: 'SETS_UNEQUAL',
      message: `The u-statistic pairs samples, but one set has ${m} and the other ${n}.`,
      fix: 'Use the unbiased estimator, or sets of one size.',
    })
  }
  const squares = { left: squaredLengths(left), right: squaredLengths(right) }
  const sums = async (a: 'left' | 'right', b: 'left' | 'right') => {
    const sets = { left, right }
    const inner = await products.timesTransposed(sets[a], sets[b])
    return kernelSums(inner, squares[a], squares[b], kernel, left.columns)
  }
  const [within, between, across] = [
    await sums('left', 'left'),
    await sums('right', 'right'),
    await sums('left', 'right'),
  ]
  if (estimator === 'biased') return within.all / m ** 2 + between.all / n ** 2 - (2 * across.all) / (m * n)
  const own = (within.all - within.diagonal) / (m * (m - 1)) + (between.all - between.diagonal) / (n * (n - 1))
  if (estimator === 'unbiased') return own - (2 * across.all) / (m * n)
  return own - (2 * (across.all - across.diagonal)) / (m * (m - 1))
}

function checkBoth(left: FeatureMatrix, right: FeatureMatrix): void {
  checkSameWidth(left, right)
  checkFeatures('First set', left)
  checkFeatures('Second set', right)
}

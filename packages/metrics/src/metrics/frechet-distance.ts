import { counted, ShapeError } from '@gantry/core'
import { checkSameWidth, type FeatureMatrix } from '../features.ts'
import type { MatrixProducts } from '../linear-algebra/products.ts'
import { type TraceOfRootOptions, traceOfRoot } from '../linear-algebra/trace-of-root.ts'
import { gaussianStatistics } from '../statistics/gaussian-accumulator.ts'
import {
  checkStatistics,
  covarianceWarnings,
  type GaussianStatistics,
  indefiniteWarning,
} from '../statistics/gaussian-statistics.ts'

// The Fréchet distance between two Gaussians (Heusel et al., GANs Trained by a Two Time-Scale Update Rule Converge to a
// Local Nash Equilibrium, NeurIPS 2017, eq. 6; Dowson & Landau 1982):
//   d² = ‖μ₁ − μ₂‖² + tr(Σ₁ + Σ₂ − 2 √(Σ₁Σ₂))
// Agrees with mseitzer/pytorch-fid@b9c18118, GaParmar/clean-fid@e88c4d62 and toshas/torch-fidelity@5e211a95, except where
// Σ₁Σ₂ is singular: those take the root of a matrix that has none and come out 1e-7 to 3e-5 too low.

export interface FrechetDistance {
  readonly value: number
  /** ‖μ₁ − μ₂‖² */
  readonly meanTerm: number
  /** tr(Σ₁ + Σ₂ − 2 √(Σ₁Σ₂)) */
  readonly covarianceTerm: number
  readonly warnings: readonly string[]
}

/**
 * Fréchet distance of two sets, given as mean and covariance.
 *
 * @throws ShapeError `FEATURE_WIDTHS_DIFFER`, `STATISTICS_MISSIZED`; DataError `STATISTICS_NOT_FINITE`
 */
export async function frechetDistance(
  real: GaussianStatistics,
  generated: GaussianStatistics,
  options: TraceOfRootOptions = {},
): Promise<FrechetDistance> {
  const size = real.mean.length
  if (size !== generated.mean.length) {
    throw new ShapeError({
      code: 'FEATURE_WIDTHS_DIFFER',
      message: `One set's statistics have ${counted(size, 'feature')} and the other's ${generated.mean.length}.`,
      fix: 'Compare statistics of one extractor and one layer.',
    })
  }
  checkStatistics('Real samples', real)
  checkStatistics('Generated samples', generated)
  let meanTerm = 0
  let traces = 0
  for (let index = 0; index < size; index++) {
    meanTerm += (real.mean[index]! - generated.mean[index]!) ** 2
    traces += real.covariance[index * (size + 1)]! + generated.covariance[index * (size + 1)]!
  }
  const sides = { left: 'the real samples', right: 'the generated samples' } as const
  const warnings = new Set([
    ...covarianceWarnings(sides.left, real),
    ...covarianceWarnings(sides.right, generated),
    ...fewSamples('real', real),
    ...fewSamples('generated', generated),
  ])
  const onIndefinite = (side: keyof typeof sides) => warnings.add(indefiniteWarning(sides[side]))
  const root = await traceOfRoot(real.covariance, generated.covariance, size, { ...options, onIndefinite })
  const covarianceTerm = traces - 2 * root
  return {
    // A distance of equal sets may round to -1e-14.
    value: Math.max(0, meanTerm + covarianceTerm),
    meanTerm,
    covarianceTerm,
    warnings: [...warnings],
  }
}

function fewSamples(which: string, { count, mean }: GaussianStatistics): string[] {
  if (count === undefined || count > mean.length) return []
  return [
    `${counted(count, `${which} sample`)} ${count === 1 ? 'is' : 'are'} not more than ${counted(mean.length, 'feature')}: their covariance is singular. The Fréchet distance of few samples is biased, too high by about a constant over their number; compare only equal numbers, or extrapolate (FID∞).`,
  ]
}

export interface FeatureDistanceOptions extends TraceOfRootOptions {
  /** What multiplies the matrices; {@link localProducts} by default. */
  readonly products?: MatrixProducts
}

/**
 * Fréchet distance of two sets of features.
 *
 * @throws ShapeError `FEATURE_WIDTHS_DIFFER`, `FEATURES_NOT_FINITE`, `FEATURES_MISSIZED`; DataError `SAMPLES_TOO_FEW`
 *
 * @example
 * ```ts
 * const { value, warnings } = await frechetDistanceOfFeatures(real, generated)
 * ```
 */
export async function frechetDistanceOfFeatures(
  real: FeatureMatrix,
  generated: FeatureMatrix,
  options: FeatureDistanceOptions = {},
): Promise<FrechetDistance> {
  checkSameWidth(real, generated)
  return frechetDistance(await gaussianStatistics(real, options), await gaussianStatistics(generated, options), options)
}

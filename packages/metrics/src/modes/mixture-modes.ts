import { ShapeError } from '@gantry/core'
import { checkFeatures, type FeatureMatrix } from '../features.ts'
import { divergence } from './divergence.ts'

/** Equally likely round Gaussians, such as `ring8Mixture` and `grid25Mixture` of @gantry/datasets. */
export interface Mixture {
  readonly centres: readonly (readonly number[])[]
  readonly standardDeviation: number
}

export interface MixtureModes {
  /** Modes that at least one high-quality sample belongs to. */
  readonly covered: number
  readonly modes: number
  /** Share of samples within three standard deviations of the nearest centre. */
  readonly highQuality: number
  /** High-quality samples of every mode. */
  readonly counts: Int32Array
  /** KL divergence in nats of the modes of high-quality samples from equal shares: 0 is even, log(modes) is one mode only. */
  readonly divergence: number
}

/**
 * Counts the modes of a mixture that samples reach (Srivastava et al., VEEGAN, NeurIPS 2017, section 5.1, after Dumoulin et
 * al. 2017): a sample belongs to the nearest centre, and is of high quality within three standard deviations of it
 * (Euclidean; in the plane 98.9% of the mixture's own samples are).
 *
 * @throws ShapeError `POINTS_UNSUITABLE` for points of another dimension, `FEATURES_NOT_FINITE`, `FEATURES_MISSIZED`
 *
 * @example
 * ```ts
 * const { covered, highQuality } = countMixtureModes({ rows: 2500, columns: 2, data: points }, ring8Mixture)
 * ```
 */
export function countMixtureModes(points: FeatureMatrix, { centres, standardDeviation }: Mixture): MixtureModes {
  checkFeatures('Mixture modes', points)
  const unsuitable = centres.find((centre) => centre.length !== points.columns)
  if (unsuitable !== undefined || points.rows === 0 || centres.length === 0) {
    throw new ShapeError({
      code: 'POINTS_UNSUITABLE',
      message: `Mixture modes: ${points.rows} points of ${points.columns} coordinates and ${centres.length} centres of ${unsuitable?.length ?? points.columns}.`,
      fix: 'Give one point or more, with as many coordinates as the centres have.',
    })
  }
  const counts = new Int32Array(centres.length)
  const limit = (3 * standardDeviation) ** 2
  for (let row = 0; row < points.rows; row++) {
    const squares = centres.map((centre) =>
      centre.reduce((sum, value, axis) => sum + (points.data[row * points.columns + axis]! - value) ** 2, 0),
    )
    const nearest = Math.min(...squares)
    if (nearest <= limit) counts[squares.indexOf(nearest)]!++
  }
  const good = counts.reduce((sum, count) => sum + count, 0)
  return {
    covered: counts.filter((count) => count > 0).length,
    modes: centres.length,
    highQuality: good / points.rows,
    counts,
    divergence: divergence(counts),
  }
}

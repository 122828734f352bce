import { ConfigurationError, RandomStream } from '@gantry/core'
import { checkFeatures, checkSameWidth, type FeatureMatrix } from '../features.ts'
import { reporter, type Work } from '../work.ts'

// Sliced Wasserstein distance: Rabin et al., Wasserstein barycenter and its application to texture mixing, SSVM 2011; as
// Karras et al., Progressive growing of GANs, ICLR 2018, average it: over 4 × 128 random directions, the mean absolute
// difference of sorted projections (the Wasserstein-1 distance of two samples on a line).
// Reference: tkarras/progressive_growing_of_gans@1c5876cb metrics/sliced_wasserstein.py, without its rounding of directions
// and projections to float32, and for samples of different sizes too.

export interface SlicedOptions extends Work {
  readonly seed: number
  /** Random directions; ProGAN's 4 repeats of 128 are 512, the default. */
  readonly projections?: number
}

/**
 * Distance of two distributions of features; 0 for equal samples, in any order.
 *
 * @throws ConfigurationError `PROJECTIONS_INVALID`; ShapeError `FEATURE_WIDTHS_DIFFER`, `FEATURES_NOT_FINITE`,
 * `FEATURES_MISSIZED`
 *
 * @example
 * ```ts
 * const distance = await slicedWasserstein(real, generated, { seed: 1 })
 * ```
 */
export async function slicedWasserstein(
  left: FeatureMatrix,
  right: FeatureMatrix,
  { seed, projections = 512, ...work }: SlicedOptions,
): Promise<number> {
  checkFeatures('Sliced Wasserstein distance', left)
  checkFeatures('Sliced Wasserstein distance', right)
  checkSameWidth(left, right)
  if (!(Number.isSafeInteger(projections) && projections > 0)) {
    throw new ConfigurationError({
      code: 'PROJECTIONS_INVALID',
      message: `The number of projections is ${projections}, but it is an integer of at least 1.`,
    })
  }
  const random = new RandomStream(seed, 'metrics/sliced-wasserstein')
  const direction = new Float64Array(left.columns)
  const report = reporter(work, projections, 'projections')
  let sum = 0
  for (let projection = 0; projection < projections; projection++) {
    random.fillNormal(direction)
    sum += distanceAlong(left, right, direction)
    await report(projection + 1)
  }
  return sum / projections
}

/** Wasserstein-1 distance of the projections onto one direction; its length does not matter. */
export function distanceAlong(left: FeatureMatrix, right: FeatureMatrix, direction: Float64Array): number {
  const length = Math.sqrt(direction.reduce((sum, value) => sum + value * value, 0))
  return lineDistance(project(left, direction), project(right, direction)) / length
}

function project({ rows, columns, data }: FeatureMatrix, direction: Float64Array): Float64Array {
  const projected = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    const start = row * columns
    let sum = 0
    for (let column = 0; column < columns; column++) sum += data[start + column]! * direction[column]!
    projected[row] = sum
  }
  return projected.sort()
}

/** Area between two quantile functions: ∫ |F⁻¹(u) − G⁻¹(u)| du over sorted samples, each of weight 1/count. */
function lineDistance(left: Float64Array, right: Float64Array): number {
  const [m, n] = [left.length, right.length]
  let [i, j, sum] = [0, 0, 0]
  // Positions as integers in units of 1/(m·n), so that equal sizes step together exactly.
  let position = 0
  while (i < m && j < n) {
    const next = Math.min((i + 1) * n, (j + 1) * m)
    sum += (next - position) * Math.abs(left[i]! - right[j]!)
    if ((i + 1) * n === next) i++
    if ((j + 1) * m === next) j++
    position = next
  }
  return sum / (m * n)
}

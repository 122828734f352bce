import { filterInside, type Plane } from './plane.ts'

const C1 = (0.01 * 255) ** 2
const C2 = (0.03 * 255) ** 2

/** Means over an image of l·c·s and of c·s. */
export interface LocalSimilarity {
  readonly similarity: number
  readonly contrast: number
}

/**
 * Similarity of two channels by their local statistics (Wang et al. 2004, equation 13, with K₁ = .01, K₂ = .03 and 255 levels), at
 * every place where the whole window lies inside.
 *
 * @param window of sum 1, along either axis
 * @param spread what variances and covariances are multiplied by: n / (n - 1) makes those of samples unbiased
 */
export function localSimilarity(left: Plane, right: Plane, window: Float64Array, spread = 1): LocalSimilarity {
  const filter = (a: Plane, b?: Plane) =>
    filterInside(b === undefined ? a : { ...a, data: a.data.map((value, index) => value * b.data[index]!) }, window)
      .data
  const [meanLeft, meanRight] = [filter(left), filter(right)]
  const [squareLeft, squareRight, product] = [filter(left, left), filter(right, right), filter(left, right)]
  let similarity = 0
  let contrast = 0
  for (let index = 0; index < product.length; index++) {
    const [a, b] = [meanLeft[index]!, meanRight[index]!]
    const covariance = spread * (product[index]! - a * b)
    const variances = spread * (squareLeft[index]! - a * a + (squareRight[index]! - b * b))
    const structure = (2 * covariance + C2) / (variances + C2)
    contrast += structure
    similarity += ((2 * a * b + C1) / (a * a + b * b + C1)) * structure
  }
  return { similarity: similarity / product.length, contrast: contrast / product.length }
}

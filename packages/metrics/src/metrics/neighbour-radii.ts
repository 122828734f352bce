import type { FeatureMatrix } from '../features.ts'
import { type CentredSet, exactSquare, type PairsWork, visitPairs } from './pair-distances.ts'

/**
 * For each sample, the squared distance to its k-th nearest other sample of the set; exact, whatever the products round.
 *
 * Products give each distance between two bounds. The k + 1 smallest upper bounds (the sample itself is one of them) limit
 * what can be among the nearest, and only those few are computed exactly.
 */
export async function neighbourRadii(
  features: FeatureMatrix,
  centred: CentredSet,
  k: number,
  work: PairsWork,
): Promise<Float64Array> {
  const kept = k + 1
  const { rows } = features
  /** Smallest upper bounds of each row, ascending. */
  const upper = new Float64Array(rows * kept).fill(Number.POSITIVE_INFINITY)
  const candidates: { readonly columns: number[]; readonly lows: number[] }[] = Array.from({ length: rows }, () => ({
    columns: [],
    lows: [],
  }))
  const visit = (row: number, column: number, low: number, high: number) => {
    const last = row * kept + k
    if (low > upper[last]!) return
    const { columns, lows } = candidates[row]!
    columns.push(column)
    lows.push(low)
    if (high >= upper[last]!) return
    let place = last
    for (; place > row * kept && upper[place - 1]! > high; place--) upper[place] = upper[place - 1]!
    upper[place] = high
  }
  await visitPairs(centred, centred, visit, work)

  return Float64Array.from(candidates, ({ columns, lows }, row) => {
    const limit = upper[row * kept + k]!
    const nearest: number[] = []
    for (const [index, column] of columns.entries()) {
      if (lows[index]! > limit) continue
      insertSmallest(nearest, exactSquare(features, row, features, column), kept)
      // A collapsed generator repeats itself: nothing can come closer than 0.
      if (nearest.length === kept && nearest[k] === 0) break
    }
    return nearest[k]!
  })
}

/** Keeps the `count` smallest, ascending. */
function insertSmallest(smallest: number[], value: number, count: number): void {
  let place = smallest.length
  while (place > 0 && smallest[place - 1]! > value) place--
  smallest.splice(place, 0, value)
  if (smallest.length > count) smallest.pop()
}

/** The same from every distance in full: the twin for tests. */
export function plainNeighbourRadii(features: FeatureMatrix, k: number): Float64Array {
  return Float64Array.from({ length: features.rows }, (_, row) => {
    const squares = Float64Array.from({ length: features.rows }, (_, column) =>
      exactSquare(features, row, features, column),
    )
    return squares.sort()[k]!
  })
}

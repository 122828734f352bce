import type { FeatureMatrix } from '../features.ts'

/** Columns from the one that varies most to the one that varies least: sums of squares grow early in this order. */
export function columnsByVariance({ rows, columns, data }: FeatureMatrix): Uint32Array {
  const sums = new Float64Array(columns)
  const squares = new Float64Array(columns)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = data[row * columns + column]!
      sums[column]! += value
      squares[column]! += value * value
    }
  }
  // Rounding may spoil the order of columns that hardly vary; any order is right, some are faster.
  const variance = squares.map((square, column) => square - sums[column]! ** 2 / Math.max(rows, 1))
  return Uint32Array.from(variance.keys()).sort((left, right) => variance[right]! - variance[left]!)
}

/** A copy with the columns in this order. */
export function withColumns({ rows, columns, data }: FeatureMatrix, order: Uint32Array): FeatureMatrix {
  const ordered = data.slice()
  for (let row = 0; row < rows; row++) {
    const start = row * columns
    for (let column = 0; column < columns; column++) ordered[start + column] = data[start + order[column]!]!
  }
  return { rows, columns, data: ordered }
}

import type { Coordinates } from '@gantry/modalities'

/** Euclidean distances of every row of one set to every row of another. */
export interface Distances {
  readonly rows: number
  readonly columns: number
  /** [rows, columns], row-major. */
  readonly values: Float64Array
  at(row: number, column: number): number
  row(row: number): Float64Array
}

export function distances(from: Coordinates, to: Coordinates): Distances {
  const values = new Float64Array(from.rows * to.rows)
  for (let row = 0; row < from.rows; row++) {
    for (let column = 0; column < to.rows; column++) {
      // Half of the distances within one set are known already.
      values[row * to.rows + column] =
        from === to && column < row ? values[column * to.rows + row]! : distance(from, row, to, column)
    }
  }
  const { rows: columns } = to
  return {
    rows: from.rows,
    columns,
    values,
    at: (row, column) => values[row * columns + column]!,
    row: (row) => values.subarray(row * columns, (row + 1) * columns),
  }
}

/** Of each sample of a set to its nearest other one, by the distances within the set. */
export function nearest(among: Distances): number[] {
  return Array.from({ length: among.rows }, (_, row) =>
    among.row(row).reduce((least, value, column) => (column !== row && value < least ? value : least), Infinity),
  )
}

/** Between two samples. */
export function distance({ columns, data }: Coordinates, row: number, other: Coordinates, otherRow: number): number {
  const otherData = other.data
  let [at, otherAt] = [row * columns, otherRow * columns]
  // Two sums run side by side: most of the time of a look is spent here.
  let [even, odd] = [0, 0]
  for (const end = at + columns - (columns % 2); at < end; at += 2, otherAt += 2) {
    const first = data[at]! - otherData[otherAt]!
    const second = data[at + 1]! - otherData[otherAt + 1]!
    even += first * first
    odd += second * second
  }
  if (columns % 2 === 1) even += (data[at]! - otherData[otherAt]!) ** 2
  return Math.sqrt(even + odd)
}

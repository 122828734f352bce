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

/** Between two samples. */
export function distance({ columns, data }: Coordinates, row: number, other: Coordinates, otherRow: number): number {
  const [start, otherStart] = [row * columns, otherRow * columns]
  let sum = 0
  for (let column = 0; column < columns; column++) {
    const difference = data[start + column]! - other.data[otherStart + column]!
    sum += difference * difference
  }
  return Math.sqrt(sum)
}

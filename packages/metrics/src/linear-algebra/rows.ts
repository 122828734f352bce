import type { FeatureMatrix } from '../features.ts'

/** Rows from `start` up to `end`, over the same memory. */
export function sliceRows({ rows, columns, data }: FeatureMatrix, start: number, end: number): FeatureMatrix {
  const last = Math.min(end, rows)
  return { rows: last - start, columns, data: data.subarray(start * columns, last * columns) }
}

/** A copy of these rows, in this order. */
export function takeRows({ columns, data }: FeatureMatrix, indices: ArrayLike<number>): FeatureMatrix {
  const taken =
    data instanceof Float64Array
      ? new Float64Array(indices.length * columns)
      : new Float32Array(indices.length * columns)
  for (let row = 0; row < indices.length; row++) {
    const from = indices[row]! * columns
    taken.set(data.subarray(from, from + columns), row * columns)
  }
  return { rows: indices.length, columns, data: taken }
}

import { customGrad, gather, matMul, reshape, slice, type Tensor, tensor } from '@tensorflow/tfjs-core'

/** A matrix whose rows have few numbers, close together, which move on from row to row, row by row. */
export interface BandedMatrix {
  readonly rows: number
  readonly columns: number
  readonly values: Float32Array
}

/** How many rows a block can have. */
const SIZES = Array.from({ length: 17 }, (_, index) => 32 - index)

/** As matrices [count, size, width] of the columns [count, width] that the rows of each block have numbers in. */
interface Blocks {
  readonly count: number
  readonly size: number
  readonly width: number
  readonly values: Float32Array
  readonly columns: Int32Array
}

/**
 * M·x along the second axis of x [outer, columns, inner], block by block of rows: each reads the few columns that it has numbers in. Its
 * derivatives are the same with Mᵀ.
 *
 * Of a filter of few taps on long rows that is as much less work as the matrix has zeros.
 */
export function bandedProduct(matrix: BandedMatrix, x: Tensor): Tensor {
  const product = customGrad((own) => ({
    value: blockedProduct(matrix, own as Tensor),
    gradFunc: (dy: Tensor) => bandedProduct(transposed(matrix), dy),
  }))
  return product(x)
}

function blockedProduct(matrix: BandedMatrix, x: Tensor): Tensor {
  const [outer, , inner] = x.shape as [number, number, number]
  const { count, size, width, values, columns } = blocksOf(matrix)
  const read = gather(x, tensor(columns, [count * width], 'int32'), 1)
  const windows = reshape(read, [outer, count, width, inner])
  const made = reshape(matMul(tensor(values, [1, count, size, width]), windows), [outer, count * size, inner])
  return count * size === matrix.rows ? made : slice(made, [0, 0, 0], [outer, matrix.rows, inner])
}

/** Blocks of one size: the largest of those that leave the fewest rows over, which are of zeros. */
function blocksOf({ rows, columns, values }: BandedMatrix): Blocks {
  const over = (size: number) => Math.ceil(rows / size) * size - rows
  const size = SIZES.reduce((best, own) => (over(own) < over(best) ? own : best))
  const count = Math.ceil(rows / size)
  const spans = Array.from({ length: count }, (_, block) =>
    spanOf(values.subarray(block * size * columns, (block + 1) * size * columns), columns),
  )
  const width = Math.min(columns, Math.max(...spans.map(([first, last]) => last - first + 1)))
  const starts = spans.map(([first]) => Math.min(first, columns - width))
  const own = new Float32Array(count * size * width)
  for (let row = 0; row < rows; row++) {
    const start = row * columns + starts[Math.floor(row / size)]!
    own.set(values.subarray(start, start + width), row * width)
  }
  const places = starts.flatMap((start) => Array.from({ length: width }, (_, index) => start + index))
  return { count, size, width, values: own, columns: Int32Array.from(places) }
}

/** First and last column in which some rows have numbers; the first where there are none. */
function spanOf(values: Float32Array, columns: number): readonly [first: number, last: number] {
  let [first, last] = [columns, 0]
  for (const [index, value] of values.entries()) {
    if (value === 0) continue
    first = Math.min(first, index % columns)
    last = Math.max(last, index % columns)
  }
  return first > last ? [0, 0] : [first, last]
}

function transposed({ rows, columns, values }: BandedMatrix): BandedMatrix {
  const turned = new Float32Array(values.length)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) turned[column * rows + row] = values[row * columns + column]!
  }
  return { rows: columns, columns: rows, values: turned }
}

import type { FeatureMatrix } from '../features.ts'
import type { MatrixProducts } from '../linear-algebra/products.ts'
import { sliceRows } from '../linear-algebra/rows.ts'
import { reporter, type Work } from '../work.ts'

const ROWS_AT_ONCE = 1024
/** Half of a float's last digit, relative. */
const ROUNDING = { float32: 2 ** -24, float64: 2 ** -53 } as const

/** Σ (a − b)², in float64: the same number from either side. */
export function exactSquare(left: FeatureMatrix, row: number, right: FeatureMatrix, other: number): number {
  const [a, b] = [left.data, right.data]
  let [from, to] = [row * left.columns, other * right.columns]
  let sum = 0
  for (const end = from + left.columns; from < end; from++, to++) sum += (a[from]! - b[to]!) ** 2
  return sum
}

/** A set as the products take it: moved to around 0, so that lengths are no larger than they must be. */
export interface CentredSet {
  readonly features: FeatureMatrix
  /** ‖x‖² of each row. */
  readonly squares: Float64Array
}

/** @param products what will multiply the set: no more digits are kept than it uses */
export function centre(
  { rows, columns, data }: FeatureMatrix,
  mean: Float64Array,
  products: MatrixProducts,
): CentredSet {
  const moved = products.dtype === 'float32' ? new Float32Array(data.length) : new Float64Array(data.length)
  const squares = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = data[row * columns + column]! - mean[column]!
      moved[row * columns + column] = value
      squares[row] = squares[row]! + value * value
    }
  }
  return { features: { rows, columns, data: moved }, squares }
}

/** One pair's squared distance lies between `low` and `high`. */
export type VisitPair = (row: number, column: number, low: number, high: number) => void

export interface PairsWork extends Work {
  readonly products: MatrixProducts
  readonly what: string
}

/**
 * Visits the distances of all pairs, block by block: ‖a‖² + ‖b‖² − 2 a·b, with the bounds that rounding leaves. Of a set
 * with itself, every unordered pair is computed once and visited from both sides.
 *
 * The bound is the textbook one for a sum of D products in any order, γ_D Σ|aᵢbᵢ| (Higham, Accuracy and Stability of
 * Numerical Algorithms, 2nd ed., eq. 3.5), which is at most γ_D (‖a‖² + ‖b‖²) / 2; a few roundings more are for the inputs.
 */
export async function visitPairs(
  left: CentredSet,
  right: CentredSet,
  visit: VisitPair,
  { products, what, ...work }: PairsWork,
): Promise<void> {
  const same = left === right
  const width = left.features.columns
  const error = 1.01 * (width + 8) * ROUNDING[products.dtype] + 8 * ROUNDING.float64
  const starts = (rows: number) =>
    Array.from({ length: Math.ceil(rows / ROWS_AT_ONCE) }, (_, index) => index * ROWS_AT_ONCE)
  const blocks = starts(left.features.rows).flatMap((row) =>
    starts(right.features.rows).flatMap((column) => (same && column < row ? [] : [[row, column] as const])),
  )
  const report = reporter(work, blocks.length, what)
  for (const [index, [rowStart, columnStart]] of blocks.entries()) {
    const rows = sliceRows(left.features, rowStart, rowStart + ROWS_AT_ONCE)
    const onDiagonal = same && rowStart === columnStart
    const columns = onDiagonal ? rows : sliceRows(right.features, columnStart, columnStart + ROWS_AT_ONCE)
    const { data } = await products.timesTransposed(rows, columns)
    for (let row = 0; row < rows.rows; row++) {
      const rowSquare = left.squares[rowStart + row]!
      for (let column = 0; column < columns.rows; column++) {
        const lengths = rowSquare + right.squares[columnStart + column]!
        const square = lengths - 2 * data[row * columns.rows + column]!
        const [low, high] = [square - error * lengths, square + error * lengths]
        visit(rowStart + row, columnStart + column, low, high)
        if (same && !onDiagonal) visit(columnStart + column, rowStart + row, low, high)
      }
    }
    await report(index + 1)
  }
}

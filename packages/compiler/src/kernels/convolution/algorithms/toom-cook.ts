import type { BilinearAlgorithm } from './bilinear-algorithm.ts'
import { entry, kronecker, type Matrix, matrix, transpose } from './matrix.ts'
import type { PhasedAxis } from './phased-axis.ts'

/**
 * Where the polynomials are evaluated, besides infinity, in the order in which more are taken: pairs ±p and 1/p near 1, which keep
 * rounding small (Barabasz et al. 2020). Errors of float32 grow with their number: 2e-6 for 5, 6e-6 for all 7, relative to
 * convolutions of 128 channels, whose plain sums are off by 1e-6. With 8 they would be 3e-5.
 */
const POINTS = [0, 1, -1, 0.5, -0.5, 2, -2]

/** Pixels times outputs of one axis. */
const SMALL_IMAGE = 36

/** Values of the powers 0 … columns - 1 at every point; the last row is infinity, where only the highest power counts. */
function vandermonde(points: readonly number[], columns: number): Matrix {
  return matrix(points.length + 1, columns, (row, column) =>
    row < points.length ? points[row]! ** column : Number(column === columns - 1),
  )
}

/** The inverse of a square matrix, by elimination with pivots. */
function inverse(own: Matrix): Matrix {
  const size = own.rows
  const rows = Array.from({ length: size }, (_, row) =>
    Float64Array.from({ length: 2 * size }, (_value, column) =>
      column < size ? entry(own, row, column) : Number(column - size === row),
    ),
  )
  for (let step = 0; step < size; step++) {
    let best = step
    for (let row = step + 1; row < size; row++) {
      if (Math.abs(rows[row]![step]!) > Math.abs(rows[best]![step]!)) best = row
    }
    ;[rows[step], rows[best]] = [rows[best]!, rows[step]!]
    const pivot = rows[step]!
    const scale = pivot[step]!
    for (let column = 0; column < 2 * size; column++) pivot[column]! /= scale
    for (const row of rows) {
      const factor = row[step]!
      if (row === pivot || factor === 0) continue
      for (let column = 0; column < 2 * size; column++) row[column]! -= factor * pivot[column]!
    }
  }
  return matrix(size, size, (row, column) => rows[row]![size + column]!)
}

interface AxisAlgorithm {
  readonly points: number
  readonly tiles: number
  readonly image: Matrix
  readonly filter: Matrix
  readonly output: Matrix
}

/**
 * A polynomial product s = g·h is interpolated from its values, s = V⁻¹ (G g ⊙ H h); a correlation is that product's transpose
 * by h: y = Hᵀ (G w ⊙ V⁻ᵀ x). Tiles of the image lie behind each other in the same matrices.
 */
function alongAxis(axis: PhasedAxis, tileOutputs: number): AxisAlgorithm {
  const { inputs, outputs, firstOffset, reach } = axis
  const points = tileOutputs + reach - 1
  const finite = POINTS.slice(0, points - 1)
  const evaluateTaps = vandermonde(finite, reach)
  const evaluateOutputs = vandermonde(finite, tileOutputs)
  const interpolate = transpose(inverse(vandermonde(finite, points)))
  const tiles = Math.ceil(outputs / tileOutputs)
  const rows = points * tiles
  return {
    points,
    tiles,
    image: matrix(rows, inputs, (row, pixel) => {
      const [point, tile] = [Math.floor(row / tiles), row % tiles]
      const place = pixel - tile * tileOutputs - firstOffset
      return place >= 0 && place < points ? entry(interpolate, point, place) : 0
    }),
    filter: evaluateTaps,
    output: matrix(outputs, rows, (output, row) => {
      const [point, tile] = [Math.floor(row / tiles), row % tiles]
      return Math.floor(output / tileOutputs) === tile ? entry(evaluateOutputs, point, output % tileOutputs) : 0
    }),
  }
}

/** The most outputs of one tile for which there are points enough. */
export function largestTile(axes: readonly PhasedAxis[]): number {
  return POINTS.length + 2 - Math.max(...axes.map(({ reach }) => reach))
}

/**
 * The minimal filtering algorithm F(m × m, r × r) of Winograd (1980), by Toom's and Cook's interpolation along each axis: m
 * outputs of r taps take m + r - 1 products instead of m · r.
 */
export function toomCook(axes: readonly [PhasedAxis, PhasedAxis], tileOutputs: number): BilinearAlgorithm {
  const [vertical, horizontal] = axes.map((axis) => alongAxis(axis, Math.min(tileOutputs, axis.outputs))) as [
    AxisAlgorithm,
    AxisAlgorithm,
  ]
  const apart = [vertical, horizontal]
  // Few pixels: one larger product takes less time than two.
  const together = axes.every(({ inputs, outputs }) => inputs * outputs <= SMALL_IMAGE)
  const combined = (matrices: readonly [Matrix, Matrix]) => (together ? [kronecker(...matrices)] : matrices)
  return {
    axes,
    points: apart.map(({ points }) => points),
    tiles: apart.map(({ tiles }) => tiles),
    image: combined([vertical.image, horizontal.image]),
    filter: kronecker(vertical.filter, horizontal.filter),
    output: combined([vertical.output, horizontal.output]),
  }
}

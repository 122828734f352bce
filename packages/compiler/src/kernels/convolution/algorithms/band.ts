import type { BilinearAlgorithm } from './bilinear-algorithm.ts'
import { columnsOf, entry, type Matrix, rowsOf } from './matrix.ts'

/** The places of an algorithm that belong to some rows of tiles: a part of it that is computed by itself. */
export interface Band extends Pick<BilinearAlgorithm, 'tiles' | 'image' | 'output'> {
  /** `output` without the rows that are zero: no other band writes these outputs. */
  readonly ownOutput: readonly Matrix[]
}

const splits = new WeakMap<BilinearAlgorithm, Map<number, readonly Band[]>>()

/**
 * Splits an algorithm along the tiles of its first part into at most `count` bands, as equal as can be: y is what they write
 * one below the other, dx and dw are the sums of what each gives. One whose first part is a single tile stays whole.
 *
 * Made once: a convolution and its gradients share transforms only if they have the very same bands.
 */
export function bandsOf(algorithm: BilinearAlgorithm, count: number): readonly Band[] {
  const known = splits.get(algorithm) ?? new Map<number, readonly Band[]>()
  const bands = known.get(count) ?? split(algorithm, count)
  splits.set(algorithm, known.set(count, bands))
  return bands
}

function split(algorithm: BilinearAlgorithm, count: number): readonly Band[] {
  const [rows, ...others] = algorithm.tiles as [number, ...number[]]
  const [points] = algorithm.points as [number]
  const [image, ...imageRest] = algorithm.image as [Matrix, ...Matrix[]]
  const [output, ...outputRest] = algorithm.output as [Matrix, ...Matrix[]]
  // A matrix of both axes together stands for a small image.
  const bands = imageRest.length === 0 ? 1 : Math.min(count, rows)
  if (bands === 1) return [{ ...algorithm, ownOutput: algorithm.output }]
  return Array.from({ length: bands }, (_, band) => {
    const [from, to] = [band, band + 1].map((bound) => Math.round((bound * rows) / bands)) as [number, number]
    const height = to - from
    const places = Array.from(
      { length: points * height },
      (_place, index) => Math.floor(index / height) * rows + from + (index % height),
    )
    const columns = columnsOf(output, places)
    const written = Array.from({ length: columns.rows }, (_row, row) => row).filter((row) =>
      places.some((_place, column) => entry(columns, row, column) !== 0),
    )
    return {
      tiles: [height, ...others],
      image: [rowsOf(image, places), ...imageRest],
      output: [columns, ...outputRest],
      ownOutput: [rowsOf(columns, written), ...outputRest],
    }
  })
}

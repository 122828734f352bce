import type { NDArray } from '@gantry/core'
import { blendWeights, type Stretch } from './tile-plan.ts'

/**
 * One, in sums of 16 bits: a byte in 256 parts, and room for what rounding adds. All rows of a tile across the image are in memory
 * together, where floats would take twice as much.
 */
const WHOLE = 255 * 256

/** Rows that are finished at a time. */
const ROWS_AT_ONCE = 64

/** What tiles make together, as bytes of an image: rows leave as soon as no tile will add to them. */
export class BlendedRows {
  readonly #columns: readonly Stretch[]
  readonly #rows: readonly Stretch[]
  readonly #columnWeights: readonly Float64Array[]
  readonly #rowWeights: readonly Float64Array[]
  readonly #width: number
  readonly #channels: number
  readonly #range: readonly [minimum: number, maximum: number]
  /** Sums of the rows from `#from` on. */
  #sums: Uint16Array
  #from = 0

  /** @param rows and columns of the image that is made, as stretches of it */
  constructor(
    rows: readonly Stretch[],
    columns: readonly Stretch[],
    channels: number,
    range: readonly [minimum: number, maximum: number],
  ) {
    this.#rows = rows
    this.#columns = columns
    this.#rowWeights = blendWeights(rows)
    this.#columnWeights = blendWeights(columns)
    const last = columns.at(-1)!
    this.#width = last.start + last.length
    this.#channels = channels
    this.#range = range
    this.#sums = new Uint16Array(Math.max(...rows.map(({ length }) => length)) * this.#width * channels)
  }

  /** Adds what was made of the tile in this row and column: [1, height, width, channels]. */
  add(row: number, column: number, tile: NDArray): void {
    const [{ start: top, length: height }, { start: left, length: width }] = [this.#rows[row]!, this.#columns[column]!]
    const [down, across] = [this.#rowWeights[row]!, this.#columnWeights[column]!]
    const values = tile.data as Float32Array
    const [minimum, maximum] = this.#range
    const scale = WHOLE / (maximum - minimum)
    let from = 0
    for (let y = 0; y < height; y++) {
      let to = ((top - this.#from + y) * this.#width + left) * this.#channels
      for (let x = 0; x < width; x++) {
        const weight = down[y]! * across[x]!
        for (let channel = 0; channel < this.#channels; channel++) {
          const share = Math.min(WHOLE, Math.max(0, (values[from++]! - minimum) * scale))
          this.#sums[to++]! += Math.round(weight * share)
        }
      }
    }
  }

  /** Bytes of the rows that are done once this row of tiles is, some at a time. */
  *finished(row: number): Generator<Uint8Array> {
    const { start, length } = this.#rows[row]!
    const next = this.#rows[row + 1]?.start ?? start + length
    const size = (next - this.#from) * this.#width * this.#channels
    const most = ROWS_AT_ONCE * this.#width * this.#channels
    for (let from = 0; from < size; from += most) {
      // Rounded to the nearest byte, and kept within 0 and 255.
      const bytes = new Uint8ClampedArray(Math.min(most, size - from))
      for (let index = 0; index < bytes.length; index++) bytes[index] = this.#sums[from + index]! / 256
      yield new Uint8Array(bytes.buffer)
    }
    this.#sums.copyWithin(0, size)
    this.#sums.fill(0, this.#sums.length - size)
    this.#from = next
  }
}

/** A tile of an image of bytes, in the range of a port: [1, height, width, channels]. */
export function cutTile(
  image: { readonly width: number; readonly channels: number; readonly data: Uint8Array },
  rows: Stretch,
  columns: Stretch,
  [minimum, maximum]: readonly [minimum: number, maximum: number],
): NDArray<'float32'> {
  const { width, channels, data } = image
  const values = new Float32Array(rows.length * columns.length * channels)
  const scale = (maximum - minimum) / 255
  let to = 0
  for (let y = 0; y < rows.length; y++) {
    const from = ((rows.start + y) * width + columns.start) * channels
    for (let place = 0; place < columns.length * channels; place++) values[to++] = data[from + place]! * scale + minimum
  }
  return { dtype: 'float32', shape: [1, rows.length, columns.length, channels], data: values }
}

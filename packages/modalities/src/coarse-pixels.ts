import type { NDArray } from '@gantry/core'
import type { Coordinates } from './modality.ts'

/** Images are compared by at most this many cells a side: what is finer than that tells more of noise than of content. */
const CELLS = 16

/**
 * Images as the averages of their cells: [count, cells·channels]. A cell takes the pixels whose number it divides; an image of no
 * more than 16 pixels a side is taken as it is.
 *
 * @param images [count, height, width, channels]
 */
export function coarsePixels({ shape, data }: NDArray): Coordinates {
  const [rows = 0, height = 0, width = 0, channels = 0] = shape
  const [down, across] = [Math.min(height, CELLS), Math.min(width, CELLS)]
  const columns = down * across * channels
  const sums = new Float64Array(rows * columns)
  const counts = new Float64Array(down * across)
  const cellOf = Int32Array.from({ length: height * width }, (_, pixel) => {
    const [y, x] = [Math.floor(pixel / width), pixel % width]
    return Math.floor((y * down) / height) * across + Math.floor((x * across) / width)
  })
  for (const cell of cellOf) counts[cell]! += 1
  let at = 0
  for (let row = 0; row < rows; row++) {
    for (const cell of cellOf) {
      const to = row * columns + cell * channels
      for (let channel = 0; channel < channels; channel++) sums[to + channel]! += Number(data[at++]) / counts[cell]!
    }
  }
  return { rows, columns, data: sums }
}

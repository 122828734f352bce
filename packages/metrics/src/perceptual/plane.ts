import type { ImageBatch } from '../features.ts'

/** One channel of one image, row-major. */
export interface Plane {
  readonly height: number
  readonly width: number
  readonly data: Float64Array
}

/** One channel of one image of a batch. */
export function planeOf({ shape, data }: ImageBatch, image: number, channel: number): Plane {
  const [, height, width, channels] = shape as [number, number, number, number]
  const start = image * height * width * channels + channel
  return { height, width, data: Float64Array.from({ length: height * width }, (_, at) => data[start + at * channels]!) }
}

/** A Gaussian over `size` places, of sum 1 (MATLAB's `fspecial`, whose square window is the product of two of these). */
export function gaussianWindow(size: number, deviation: number): Float64Array {
  const window = Float64Array.from({ length: size }, (_, index) =>
    Math.exp(-((index - (size - 1) / 2) ** 2) / (2 * deviation ** 2)),
  )
  const sum = window.reduce((total, value) => total + value, 0)
  return window.map((value) => value / sum)
}

/** Filters along both axes, only where the whole window lies inside. */
export function filterInside({ height, width, data }: Plane, window: Float64Array): Plane {
  const size = window.length
  const [rows, columns] = [height - size + 1, width - size + 1]
  const wide = new Float64Array(height * columns)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < columns; x++) {
      let sum = 0
      for (let k = 0; k < size; k++) sum += window[k]! * data[y * width + x + k]!
      wide[y * columns + x] = sum
    }
  }
  const out = new Float64Array(rows * columns)
  for (let k = 0; k < size; k++) {
    const [weight, start] = [window[k]!, k * columns]
    for (let index = 0; index < out.length; index++) out[index]! += weight * wide[start + index]!
  }
  return { height: rows, width: columns, data: out }
}

/** Means of 2×2 pixels; the last row and column of odd sides count twice (MATLAB's `imfilter` with `symmetric`). */
export function halve({ height, width, data }: Plane): Plane {
  const [rows, columns] = [Math.ceil(height / 2), Math.ceil(width / 2)]
  const out = new Float64Array(rows * columns)
  for (let y = 0; y < rows; y++) {
    const top = 2 * y * width
    const below = Math.min(2 * y + 1, height - 1) * width
    for (let x = 0; x < columns; x++) {
      const [left, right] = [2 * x, Math.min(2 * x + 1, width - 1)]
      out[y * columns + x] = (data[top + left]! + data[top + right]! + data[below + left]! + data[below + right]!) / 4
    }
  }
  return { height: rows, width: columns, data: out }
}

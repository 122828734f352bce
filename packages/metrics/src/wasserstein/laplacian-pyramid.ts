import type { ImageBatch } from '../features.ts'

/** Images of one level: float32 [count, side, side, channels]. */
export interface PyramidLevel {
  readonly count: number
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly data: Float32Array
}

/** Burt and Adelson's window, as in OpenCV's pyrDown: 1 4 6 4 1, of sum 16. */
const WINDOW = [1, 4, 6, 4, 1]

/**
 * Laplacian pyramids (Burt and Adelson 1983; cv2.pyrDown and pyrUp): what each halving loses, and the smallest image.
 *
 * @param levels how many; sides must be divisible by 2^(levels - 1)
 */
export function laplacianPyramid(images: ImageBatch, levels: number): PyramidLevel[] {
  const [count, height, width, channels] = images.shape as [number, number, number, number]
  const pyramid: PyramidLevel[] = []
  let current: PyramidLevel = { count, height, width, channels, data: Float32Array.from(images.data) }
  for (let level = 1; level < levels; level++) {
    const smaller = down(current)
    const lost = current.data
    for (const [index, value] of up(smaller).data.entries()) lost[index]! -= value
    pyramid.push(current)
    current = smaller
  }
  return [...pyramid, current]
}

function down(level: PyramidLevel): PyramidLevel {
  const blurred = blur(level, 1)
  return pick(
    { ...level, height: level.height / 2, width: level.width / 2 },
    (image, y, x, channel) =>
      blurred[((image * level.height + 2 * y) * level.width + 2 * x) * level.channels + channel]!,
  )
}

function up(level: PyramidLevel): PyramidLevel {
  const { height, width, channels, data } = level
  const spread = pick({ ...level, height: 2 * height, width: 2 * width }, (image, y, x, channel) =>
    y % 2 === 1 || x % 2 === 1 ? 0 : data[((image * height + y / 2) * width + x / 2) * channels + channel]!,
  )
  return { ...spread, data: blur(spread, 4) }
}

function pick(
  shape: Omit<PyramidLevel, 'data'>,
  value: (image: number, y: number, x: number, channel: number) => number,
): PyramidLevel {
  const { count, height, width, channels } = shape
  const data = new Float32Array(count * height * width * channels)
  let index = 0
  for (let image = 0; image < count; image++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let channel = 0; channel < channels; channel++) data[index++] = value(image, y, x, channel)
      }
    }
  }
  return { count, height, width, channels, data }
}

/** Filters along both axes; beyond the edge the image is mirrored around its outermost pixel. */
function blur({ count, height, width, channels, data }: PyramidLevel, gain: number): Float32Array {
  const wide = new Float64Array(data.length)
  const out = new Float32Array(data.length)
  const row = width * channels
  for (let image = 0; image < count; image++) {
    const start = image * height * row
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (const [tap, weight] of WINDOW.entries()) {
          const from = start + y * row + mirrored(x + tap - 2, width) * channels
          const to = start + y * row + x * channels
          for (let channel = 0; channel < channels; channel++) wide[to + channel]! += weight * data[from + channel]!
        }
      }
    }
    for (let y = 0; y < height; y++) {
      const sums = new Float64Array(row)
      for (const [tap, weight] of WINDOW.entries()) {
        const from = start + mirrored(y + tap - 2, height) * row
        for (let index = 0; index < row; index++) sums[index]! += weight * wide[from + index]!
      }
      out.set(
        sums.map((sum) => (sum * gain) / 256),
        start + y * row,
      )
    }
  }
  return out
}

/** … 2 1 | 0 1 2 … n-1 | n-2 … */
function mirrored(index: number, length: number): number {
  if (index < 0) return Math.min(-index, length - 1)
  return index < length ? index : Math.max(0, 2 * length - 2 - index)
}

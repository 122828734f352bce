import { type NDArray, ShapeError } from '@gantry/core'
import { encodePng } from './png.ts'

const PADDING = 2

/**
 * Lays images out in a nearly square grid, row by row, with 2 black pixels around each.
 *
 * @param images [count, height, width, channels] in [-1, 1]; 1 channel is grey, 3 are RGB, 4 are RGBA
 * @returns a PNG
 * @throws ShapeError `NOT_IMAGES`
 *
 * @example
 * ```ts
 * await writeFile('grid.png', await imageGrid(samples))
 * ```
 */
export async function imageGrid(images: NDArray): Promise<Uint8Array> {
  const [count, height, width, channels] = imageShape(images)
  const columns = Math.ceil(Math.sqrt(count))
  const rows = Math.ceil(count / columns)
  const gridWidth = columns * (width + PADDING) + PADDING
  const gridHeight = rows * (height + PADDING) + PADDING
  const data = new Uint8Array(gridWidth * gridHeight * channels)
  // A transparent frame would show whatever lies behind it.
  if (channels === 4) for (let alpha = 3; alpha < data.length; alpha += 4) data[alpha] = 255
  for (let index = 0; index < count; index++) {
    const left = PADDING + (index % columns) * (width + PADDING)
    const top = PADDING + Math.floor(index / columns) * (height + PADDING)
    const bytes = imageBytes(images, index)
    for (let row = 0; row < height; row++) {
      const line = bytes.subarray(row * width * channels, (row + 1) * width * channels)
      data.set(line, ((top + row) * gridWidth + left) * channels)
    }
  }
  return encodePng({ width: gridWidth, height: gridHeight, channels, data })
}

/**
 * One image of a batch.
 *
 * @param images [count, height, width, channels] in [-1, 1]
 * @returns a PNG
 * @throws ShapeError `NOT_IMAGES`
 */
export async function imagePng(images: NDArray, index: number): Promise<Uint8Array> {
  const [, height, width, channels] = imageShape(images)
  return encodePng({ width, height, channels, data: imageBytes(images, index) })
}

/** [-1, 1] to 0 … 255; what lies outside is clamped. */
function imageBytes(images: NDArray, index: number): Uint8Array {
  const [, height, width, channels] = imageShape(images)
  const length = height * width * channels
  const bytes = new Uint8ClampedArray(length)
  for (let offset = 0; offset < length; offset++) {
    bytes[offset] = (Number(images.data[index * length + offset]) + 1) * 127.5
  }
  return new Uint8Array(bytes.buffer)
}

function imageShape({ shape }: NDArray): [number, number, number, 1 | 3 | 4] {
  const channels = shape[3]
  if (shape.length !== 4 || shape[0] === 0 || (channels !== 1 && channels !== 3 && channels !== 4)) {
    throw new ShapeError({
      code: 'NOT_IMAGES',
      message: `Images are [count, height, width, 1, 3 or 4 channels] but this array is [${shape.join(', ')}].`,
    })
  }
  return [shape[0]!, shape[1]!, shape[2]!, channels]
}

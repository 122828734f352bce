import { type NDArray, ShapeError } from '@gantry/core'
import type { ShowLayout } from './modality.ts'
import { type Bitmap, encodePng } from './png.ts'

const PADDING = 2
/** Between cells of several images, so that one sees which belong together. */
const CELL_PADDING = 10
/** Longest side of a grid, in pixels: what is larger than that is drawn smaller. */
const LONGEST_SIDE = 10_000

/** Smallest and largest value of pixels: black and white. */
export type PixelRange = readonly [minimum: number, maximum: number]

/** Images, and the range of their values; default: [-1, 1]. */
export interface GridImages {
  /** [count, height, width, channels]; 1 channel is grey, 3 are RGB, 4 are RGBA */
  readonly images: NDArray
  readonly range?: PixelRange | undefined
}

/**
 * Lays images out in a nearly square grid, row by row, with 2 black pixels around each. Several arrays make cells of several
 * images, side by side: the first of each, the second of each. A grid that would be longer than 10,000 pixels is drawn smaller.
 *
 * @param layout how many cells are in a row
 * @returns a PNG
 * @throws ShapeError `NOT_IMAGES`, and `COUNTS_DIFFER` for arrays of different length
 *
 * @example
 * ```ts
 * await writeFile('grid.png', await imageGrid(samples))
 * await writeFile('pairs.png', await imageGrid([{ images: photos }, { images: paintings }]))
 * ```
 */
export async function imageGrid(
  images: NDArray | readonly GridImages[],
  { columns }: ShowLayout = {},
): Promise<Uint8Array> {
  const parts = 'data' in images ? [{ images }] : images
  const pictures = parts.map((part) => new Pictures(part))
  checkCounts(pictures)
  const layout = layOut(pictures, columns)
  const { width, height, scale } = layout
  const channels = Math.max(...pictures.map((each) => each.channels)) as Bitmap['channels']
  const grid: Bitmap = { width, height, channels, data: new Uint8Array(width * height * channels) }
  // A transparent frame would show whatever lies behind it.
  if (channels === 4) for (let alpha = 3; alpha < grid.data.length; alpha += 4) grid.data[alpha] = 255
  for (let index = 0; index < pictures[0]!.count; index++) {
    for (const [part, each] of pictures.entries()) {
      const [left, top] = layout.place(index, part)
      paste(grid, shrink(each.at(index), scale), left, top)
    }
  }
  return encodePng(grid)
}

/**
 * One image of a batch.
 *
 * @param images [count, height, width, channels]
 * @returns a PNG
 * @throws ShapeError `NOT_IMAGES`
 */
export async function imagePng(images: NDArray, index: number, range?: PixelRange): Promise<Uint8Array> {
  return encodePng(new Pictures({ images, range }).at(index))
}

/** Images as bytes. */
class Pictures {
  readonly count: number
  readonly width: number
  readonly height: number
  readonly channels: Bitmap['channels']
  readonly #images: NDArray
  readonly #range: PixelRange

  constructor({ images, range = [-1, 1] }: GridImages) {
    const { shape } = images
    const channels = shape[3]
    if (shape.length !== 4 || shape[0] === 0 || (channels !== 1 && channels !== 3 && channels !== 4)) {
      throw new ShapeError({
        code: 'NOT_IMAGES',
        message: `Images are [count, height, width, 1, 3 or 4 channels] but this array is [${shape.join(', ')}].`,
      })
    }
    this.count = shape[0]!
    this.height = shape[1]!
    this.width = shape[2]!
    this.channels = channels
    this.#images = images
    this.#range = range
  }

  /** The range to 0 … 255; what lies outside is clamped. */
  at(index: number): Bitmap {
    const { width, height, channels } = this
    const [minimum, maximum] = this.#range
    const scale = 255 / (maximum - minimum)
    const length = height * width * channels
    const bytes = new Uint8ClampedArray(length)
    for (let offset = 0; offset < length; offset++) {
      bytes[offset] = (Number(this.#images.data[index * length + offset]) - minimum) * scale
    }
    return { width, height, channels, data: new Uint8Array(bytes.buffer) }
  }
}

function checkCounts(pictures: readonly Pictures[]): void {
  const counts = pictures.map(({ count }) => count)
  if (new Set(counts).size === 1) return
  throw new ShapeError({
    code: 'COUNTS_DIFFER',
    message: `Images that are shown side by side are as many on every side, not ${counts.join(' and ')}.`,
  })
}

interface Layout {
  readonly width: number
  readonly height: number
  /** Side of the square that becomes one pixel. */
  readonly scale: number
  place(index: number, part: number): [left: number, top: number]
}

/** Where the images lie, at the largest scale that fits. */
function layOut(pictures: readonly Pictures[], asked: number | undefined): Layout {
  const parts = pictures.length
  const count = pictures[0]!.count
  const columns = asked ?? Math.ceil(Math.sqrt(count / parts))
  const rows = Math.ceil(count / columns)
  const between = parts === 1 ? PADDING : CELL_PADDING
  for (let scale = 1; ; scale++) {
    const widths = pictures.map(({ width }) => Math.ceil(width / scale) + PADDING)
    const tileHeight = Math.max(...pictures.map(({ height }) => Math.ceil(height / scale)))
    const cell = widths.reduce((sum, each) => sum + each, between - PADDING)
    const width = columns * cell - between + 2 * PADDING
    const height = rows * (tileHeight + PADDING) + PADDING
    const atPixels = widths.every((each) => each === 1 + PADDING) && tileHeight === 1
    if (Math.max(width, height) > LONGEST_SIDE && !atPixels) continue
    const place = (index: number, part: number): [number, number] => [
      PADDING + (index % columns) * cell + widths.slice(0, part).reduce((sum, each) => sum + each, 0),
      PADDING + Math.floor(index / columns) * (tileHeight + PADDING),
    ]
    return { width, height, scale, place }
  }
}

/** Means of squares; those at the right and lower edge are cut off by it. */
function shrink(picture: Bitmap, scale: number): Bitmap {
  if (scale === 1) return picture
  const { channels } = picture
  const width = Math.ceil(picture.width / scale)
  const height = Math.ceil(picture.height / scale)
  const data = new Uint8Array(width * height * channels)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      for (let channel = 0; channel < channels; channel++) {
        data[(row * width + column) * channels + channel] = meanOfSquare(picture, row, column, channel, scale)
      }
    }
  }
  return { width, height, channels, data }
}

function meanOfSquare(
  { width, height, channels, data }: Bitmap,
  row: number,
  column: number,
  channel: number,
  side: number,
): number {
  const [bottom, right] = [Math.min(height, (row + 1) * side), Math.min(width, (column + 1) * side)]
  let sum = 0
  for (let y = row * side; y < bottom; y++) {
    for (let x = column * side; x < right; x++) sum += data[(y * width + x) * channels + channel]!
  }
  return Math.round(sum / ((bottom - row * side) * (right - column * side)))
}

/** Copies a picture into the grid, whose channels may be more: grey is all colours, and what has no alpha is opaque. */
function paste(grid: Bitmap, picture: Bitmap, left: number, top: number): void {
  const { width, height, channels, data } = picture
  for (let row = 0; row < height; row++) {
    const start = ((top + row) * grid.width + left) * grid.channels
    if (channels === grid.channels) {
      grid.data.set(data.subarray(row * width * channels, (row + 1) * width * channels), start)
      continue
    }
    for (let column = 0; column < width; column++) {
      const from = (row * width + column) * channels
      const to = start + column * grid.channels
      for (let channel = 0; channel < 3; channel++) grid.data[to + channel] = data[from + (channel % channels)]!
    }
  }
}

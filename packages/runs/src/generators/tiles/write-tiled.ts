import { readFile } from 'node:fs/promises'
import { lengthOf, multiplesOf, type NDArray, type Port, type Ports, UnsupportedError } from '@gantry/core'
import { keepInputs, storageError } from '@gantry/files'
import { noiseDraw, supply } from '@gantry/modalities'
import type { Arrays } from '@gantry/training'
import { decodeImage } from '../decode-image.ts'
import type { LoadedGenerator } from '../load-generator.ts'
import { BlendedRows, cutTile } from './blended-rows.ts'
import { RasterFile } from './raster-file.ts'
import { type Stretch, stretchesOf } from './tile-plan.ts'

export interface TileOptions {
  /** Side of a tile of the image that is given, in pixels; up to the next multiple that the model asks for. */
  readonly tile: number
  /** Pixels that neighbours share, across which one fades into the other; default: an eighth of a tile. */
  readonly overlap?: number
}

export interface TiledRequest extends TileOptions {
  /** The image: a file. */
  readonly image: string
  /** File that the one which is made of it is written to: .png, .jpg, .webp, .avif, .tif. */
  readonly out: string
  readonly seed: number
  /** Other inputs that are not to be drawn: one element each. */
  readonly asked?: Arrays
  readonly onProgress?: (done: number, total: number) => void
  /** Told which files of a folder are left out, and which pictures of a file. */
  readonly onNote?: (text: string) => void
  /** Ends between two tiles, and leaves nothing. */
  readonly signal?: AbortSignal
}

/**
 * Makes an image out of another tile by tile, so that the memory it takes depends on the tile and the width of the image alone. What a
 * network sees of its surroundings ends at the border of a tile; neighbours fade into each other.
 *
 * @returns height and width of what was made
 * @throws UnsupportedError `TILES_UNSUPPORTED` for functions that do not make one image of one, of open height and width;
 * ConfigurationError `TILE_INVALID`, `OUT_INVALID`, `OUT_IS_INPUT`; DataError `IMAGE_UNREADABLE`; StorageError
 *
 * @example
 * ```ts
 * const generator = await loadGenerator('runs/esrgan')
 * await writeTiled(generator, { image: 'photo.jpg', out: 'large.png', tile: 256, seed: 0 })
 * ```
 */
export async function writeTiled(
  { manifest, evaluate }: LoadedGenerator,
  { image: path, out, seed, asked = {}, onProgress = () => {}, onNote, signal, ...options }: TiledRequest,
): Promise<{ readonly height: number; readonly width: number }> {
  const { input, port, output, made } = imageToImage(manifest.inputs, manifest.outputs, manifest.variant)
  const channels = port.shape[2] as number
  keepInputs([path], [out])
  const image = await readPixels(path, channels, onNote)
  const tile = nextMultiple(options.tile, Math.max(1, ...Object.values(multiplesOf(manifest.inputs))))
  const overlap = options.overlap ?? Math.floor(tile / 8)
  const [rows, columns] = [image.height, image.width].map((length) => stretchesOf(length, tile, overlap)) as [
    Stretch[],
    Stretch[],
  ]
  const [outRows, outColumns] = [rows, columns].map((stretches, axis) =>
    stretches.map(({ start, length }) => ({
      start: grown(port, made, axis, start),
      length: grown(port, made, axis, length),
    })),
  ) as [Stretch[], Stretch[]]
  const [height, width] = [outRows, outColumns].map((stretches) => {
    const { start, length } = stretches.at(-1)!
    return start + length
  }) as [number, number]
  const madeChannels = made.shape[2] as number
  const blended = new BlendedRows(outRows, outColumns, madeChannels, made.range ?? [-1, 1])
  const file = await RasterFile.create(out, { height, width, channels: madeChannels })
  try {
    for (const [row, down] of rows.entries()) {
      for (const [column, across] of columns.entries()) {
        signal?.throwIfAborted()
        // Another tile, another sample: noise does not repeat itself from one to the next.
        const number = row * columns.length + column
        const own = cutTile({ ...image, channels }, down, across, port.range ?? [-1, 1])
        const request = { seed, from: number, count: 1, asked: { ...asked, [input]: own } }
        const outputs = await evaluate(supply(manifest.inputs, request), noiseDraw({ seed, from: number }))
        blended.add(row, column, outputs[output]!)
        onProgress(number + 1, rows.length * columns.length)
      }
      for (const bytes of blended.finished(row)) await file.add(bytes)
    }
    await file.finish()
  } finally {
    await file.discard()
  }
  return { height, width }
}

const OPEN_IMAGE = 'string,string,number'

export interface ImageToImage {
  readonly input: string
  readonly port: Port
  readonly output: string
  readonly made: Port
}

/**
 * The image that a function is given, and the one that it makes of it.
 *
 * @throws UnsupportedError `TILES_UNSUPPORTED`
 */
export function imageToImage(inputs: Ports, outputs: Ports, variant: string): ImageToImage {
  // Rows, columns and channels of which nobody knows how many there will be; maps of noise are no images.
  const open = (ports: Ports) =>
    Object.entries(ports).filter(
      ([, { shape, dtype, drawn }]) =>
        dtype === 'float32' && drawn === undefined && shape.map((length) => typeof length).join() === OPEN_IMAGE,
    )
  const [[given, ...more], [made]] = [open(inputs), open(outputs)]
  if (given !== undefined && made !== undefined && more.length === 0)
    return { input: given[0], port: given[1], output: made[0], made: made[1] }
  throw new UnsupportedError({
    code: 'TILES_UNSUPPORTED',
    message: `Tiles are for functions that make one image of one, of any height and width; this one (${variant}) does not.`,
    fix: 'Leave --tile out.',
  })
}

/** A length of what is made, by the length of what is given. */
function grown(given: Port, made: Port, axis: number, length: number): number {
  return length === 0 ? 0 : lengthOf(made.shape[axis]!, { [given.shape[axis]!]: length })!
}

function nextMultiple(length: number, multiple: number): number {
  return Math.ceil(length / multiple) * multiple
}

async function readPixels(path: string, channels: number, onNote?: (text: string) => void) {
  const bytes = await readFile(path).catch((cause) => {
    throw storageError('read', path, cause)
  })
  const { shape, data }: NDArray = await decodeImage(bytes, ['height', 'width', channels], path, onNote)
  return { height: shape[0]!, width: shape[1]!, data: data as Uint8Array }
}

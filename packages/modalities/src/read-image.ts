import { DataError, type Dimension, type Field, type NDArray, ndarray, numbersToArray, type Port } from '@gantry/core'
import type { FileReader } from './modality.ts'
import { type Bitmap, decodePng, isPng } from './png.ts'

/**
 * Reads the image file that a person names. Whoever passes `files` may decode more than PNG, and bring images to the field's
 * size; by itself this takes a PNG of exactly that size. Where height and width are open, an image keeps its own.
 *
 * @returns one image, [1, height, width, channels] in the field's range
 * @throws DataError `IMAGE_UNREADABLE`, `IMAGE_MISSIZED`, and what `files` throws
 */
export async function readImage(field: Field | Port, path: string, files?: FileReader): Promise<NDArray> {
  if (files === undefined) throw unreadable(path, 'names a file, and files cannot be read here')
  const bytes = await files.read(path)
  const { shape, data } = await (files.decodeImage?.(bytes, field.shape) ?? ownPixels(path, bytes, field.shape))
  const [minimum, maximum] = field.range ?? [-1, 1]
  const scale = 255 / (maximum - minimum)
  const levels = Float64Array.from({ length: 256 }, (_, byte) => byte / scale + minimum)
  if (!field.dtype.startsWith('float')) {
    const values = Array.from(data as ArrayLike<number | bigint>, (byte) => Math.round(levels[Number(byte)]!))
    return numbersToArray(field.dtype, [1, ...shape], values)
  }
  // A photograph has more values than a list may, and a list would take eight times the room of what it becomes.
  const image = ndarray(field.dtype, [1, ...shape])
  for (let index = 0; index < data.length; index++) image.data[index] = levels[Number(data[index])]!
  return image
}

function ownPixels(path: string, bytes: Uint8Array, shape: readonly Dimension[]): Pick<NDArray, 'shape' | 'data'> {
  if (!isPng(bytes)) throw unreadable(path, 'is no PNG')
  const picture = decoded(path, bytes)
  const own = [picture.height, picture.width]
  if (own.some((length, axis) => typeof shape[axis] === 'number' && shape[axis] !== length)) {
    throw new DataError({
      code: 'IMAGE_MISSIZED',
      message: `The image '${path}' has ${picture.height}×${picture.width} pixels, but ${shape[0]}×${shape[1]} are wanted.`,
      fix: 'Bring it to that size.',
    })
  }
  const channels = shape[2] as number
  return { shape: [...own, channels], data: withChannels(picture, channels) }
}

function decoded(path: string, bytes: Uint8Array): Bitmap {
  try {
    return decodePng(bytes)
  } catch (cause) {
    throw unreadable(path, `is damaged (${(cause as Error).message})`, cause)
  }
}

/** Transparent parts lie on white, and grey is the luminance of colours (ITU-R BT.709). */
function withChannels({ width, height, channels, data }: Bitmap, wanted: number): Uint8Array {
  if (channels === wanted) return data
  const pixels = new Uint8ClampedArray(width * height * wanted)
  for (let pixel = 0; pixel < width * height; pixel++) {
    const [red = 0, green = red, blue = red, alpha = 255] = data.subarray(pixel * channels, (pixel + 1) * channels)
    const colours = [red, green, blue].map((value) => (wanted === 4 ? value : 255 + ((value - 255) * alpha) / 255))
    const grey = 0.2126 * colours[0]! + 0.7152 * colours[1]! + 0.0722 * colours[2]!
    pixels.set(wanted === 1 ? [grey] : [...colours, alpha].slice(0, wanted), pixel * wanted)
  }
  return new Uint8Array(pixels.buffer)
}

function unreadable(path: string, reason: string, cause?: unknown): DataError {
  return new DataError({
    code: 'IMAGE_UNREADABLE',
    message: `The image '${path}' ${reason}.`,
    ...(cause !== undefined && { cause }),
  })
}

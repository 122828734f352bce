import { DataError, type Dimension, type NDArray, ndarray } from '@gantry/core'

/**
 * Decodes an image of any format and brings it to a size, as data sets do.
 *
 * @param shape [height, width, channels]; an image keeps its own height and width where they are open
 * @param path where they come from, for messages
 * @param onNote told of pictures of the same file that are left out: frames of a film, pages
 * @returns uint8, [height, width, channels]
 * @throws DataError `IMAGE_UNREADABLE`
 */
export async function decodeImage(
  bytes: Uint8Array,
  shape: readonly Dimension[],
  path: string,
  onNote?: (text: string) => void,
): Promise<NDArray> {
  // Loaded when it is needed: it takes longer than everything else here.
  const { readOwnPixels, readPixels } = await import('@gantry/datasets')
  const [height, width] = shape
  const channels = shape[2] as 1 | 3 | 4
  try {
    if (onNote !== undefined) await noteOthers(bytes, path, onNote)
    if (typeof height === 'number' && typeof width === 'number') {
      return ndarray('uint8', [height, width, channels], plain(await readPixels(bytes, { width, height, channels })))
    }
    const own = await readOwnPixels(bytes, { channels })
    return ndarray('uint8', [own.height, own.width, channels], plain(own.pixels))
  } catch (cause) {
    throw new DataError({
      code: 'IMAGE_UNREADABLE',
      message: `The image '${path}' cannot be decoded (${(cause as Error).message.split('\n')[0]!.trim()}).`,
      fix: 'Give a PNG, JPEG or WebP file that other programs open, of no more than 134 million pixels.',
      cause,
    })
  }
}

async function noteOthers(bytes: Uint8Array, path: string, onNote: (text: string) => void): Promise<void> {
  const { default: sharp } = await import('sharp')
  const { pages = 1 } = await sharp(bytes, { limitInputPixels: false }).metadata()
  if (pages > 1) onNote(`warning: ${path} holds ${pages} pictures, of which the first is taken`)
}

/** The same bytes as an array that is no Buffer of Node's. */
function plain({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length)
}

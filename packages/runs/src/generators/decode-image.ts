import { DataError, type NDArray, ndarray } from '@gantry/core'

/**
 * Decodes an image of any format and brings it to a size, as data sets do: upright by its EXIF orientation, transparent parts on
 * white, scaled to cover it (Lanczos 3) and cropped around its centre.
 *
 * @param shape [height, width, channels]
 * @param path where they come from, for messages
 * @returns uint8 of this shape
 * @throws DataError `IMAGE_UNREADABLE`
 */
export async function decodeImage(bytes: Uint8Array, shape: readonly number[], path: string): Promise<NDArray> {
  const [height, width, channels] = shape as [number, number, number]
  // Loaded when it is needed: it takes longer than everything else here.
  const { default: sharp } = await import('sharp')
  try {
    const image = sharp(bytes, { failOn: 'error' }).autoOrient()
    const opaque = channels === 4 ? image.ensureAlpha() : image.flatten({ background: 'white' })
    const data = await opaque
      .resize(width, height, { fit: 'cover', position: 'centre' })
      .greyscale(channels === 1)
      .toColourspace(channels === 1 ? 'b-w' : 'srgb')
      .raw()
      .toBuffer()
    return ndarray('uint8', shape, new Uint8Array(data))
  } catch (cause) {
    throw new DataError({
      code: 'IMAGE_UNREADABLE',
      message: `The image '${path}' cannot be decoded (${(cause as Error).message.split('\n')[0]!.trim()}).`,
      fix: 'Give a PNG, JPEG or WebP file.',
      cause,
    })
  }
}

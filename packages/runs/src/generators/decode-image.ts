import { DataError, type NDArray, ndarray } from '@gantry/core'

/**
 * Decodes an image of any format and brings it to a size, as data sets do.
 *
 * @param shape [height, width, channels]
 * @param path where they come from, for messages
 * @returns uint8 of this shape
 * @throws DataError `IMAGE_UNREADABLE`
 */
export async function decodeImage(bytes: Uint8Array, shape: readonly number[], path: string): Promise<NDArray> {
  const [height, width, channels] = shape as [number, number, 1 | 3 | 4]
  // Loaded when it is needed: it takes longer than everything else here.
  const { readPixels } = await import('@gantry/datasets')
  try {
    return ndarray('uint8', shape, new Uint8Array(await readPixels(bytes, { width, height, channels })))
  } catch (cause) {
    throw new DataError({
      code: 'IMAGE_UNREADABLE',
      message: `The image '${path}' cannot be decoded (${(cause as Error).message.split('\n')[0]!.trim()}).`,
      fix: 'Give a PNG, JPEG or WebP file.',
      cause,
    })
  }
}

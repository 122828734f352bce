import { DataError, type Dimension, type NDArray, ndarray } from '@gantry/core'

/**
 * Decodes an image of any format and brings it to a size, as data sets do.
 *
 * @param shape [height, width, channels]; an image keeps its own height and width where they are open
 * @param path where they come from, for messages
 * @returns uint8, [height, width, channels]
 * @throws DataError `IMAGE_UNREADABLE`
 */
export async function decodeImage(bytes: Uint8Array, shape: readonly Dimension[], path: string): Promise<NDArray> {
  // Loaded when it is needed: it takes longer than everything else here.
  const { readPixels, sizeOfImage } = await import('@gantry/datasets')
  try {
    const own = shape.some((length) => typeof length === 'string') ? await sizeOfImage(bytes) : undefined
    const [height, width] = [own?.height, own?.width].map((length, axis) => {
      const wanted = shape[axis]
      return typeof wanted === 'number' ? wanted : length
    }) as [number, number]
    const channels = shape[2] as 1 | 3 | 4
    return ndarray(
      'uint8',
      [height, width, channels],
      new Uint8Array(await readPixels(bytes, { width, height, channels })),
    )
  } catch (cause) {
    throw new DataError({
      code: 'IMAGE_UNREADABLE',
      message: `The image '${path}' cannot be decoded (${(cause as Error).message.split('\n')[0]!.trim()}).`,
      fix: 'Give a PNG, JPEG or WebP file.',
      cause,
    })
  }
}

import { DataError, type Field, type NDArray, ndarray, ShapeError } from '@gantry/core'
import type { ImageBatch } from '../features.ts'

/**
 * Images of a generator or a data set as extractors take them: their range as 0 … 255, rounded and clipped, as saved images are;
 * round(127.5·(x + 1)) of the usual one.
 *
 * @param samples [count, height, width, channels]
 * @param firstIndex number of the first sample, for messages
 * @param range values of black and white; default: [-1, 1]
 * @throws DataError `SAMPLES_NOT_FINITE` naming the first bad sample, ShapeError `IMAGES_UNSUITABLE`
 *
 * @example
 * ```ts
 * const images = quantiseImages(samples)
 * ```
 */
export function quantiseImages(
  { shape, data }: NDArray,
  firstIndex = 0,
  [black, white]: NonNullable<Field['range']> = [-1, 1],
): ImageBatch {
  if (shape.length !== 4) {
    throw new ShapeError({
      code: 'IMAGES_UNSUITABLE',
      message: `Images are [count, height, width, channels] but these samples are [${shape}].`,
      fix: 'Points need no extractor: their coordinates are the features.',
    })
  }
  const length = data.length / Math.max(1, shape[0]!)
  const scale = 255 / (white - black)
  const bytes = new Uint8ClampedArray(data.length)
  for (let index = 0; index < data.length; index++) {
    const value = Number(data[index])
    // As a byte it would be 0, a black pixel like any other.
    if (Number.isNaN(value)) {
      throw new DataError({
        code: 'SAMPLES_NOT_FINITE',
        message: `Sample ${firstIndex + Math.floor(index / length)} has a pixel that is ${value}.`,
        fix: 'A network that diverged draws NaN: take an earlier checkpoint.',
      })
    }
    bytes[index] = scale * (value - black)
  }
  return ndarray('uint8', shape, new Uint8Array(bytes.buffer))
}

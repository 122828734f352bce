import { type MakeTaps, type NDArray, pilBicubicTaps, resample } from '@gantry/core'
import type { ImageBatch } from '../features.ts'
import { halfPixelBilinearTaps, tf1BilinearTaps } from './bilinear.ts'

/** The separable resizes, by the names that protocols carry. */
export const resizers = {
  'tf1-bilinear': tf1BilinearTaps,
  'pil-bicubic': pilBicubicTaps,
  'half-pixel-bilinear': halfPixelBilinearTaps,
} as const satisfies Record<string, MakeTaps>

export type Resizer = keyof typeof resizers

/**
 * Resizes images in JavaScript, along x and then y, in float32 between the two; clipped to 0…255.
 *
 * @returns float32 [count, height, width, channels]
 */
export function resizeImages(
  images: ImageBatch,
  size: readonly [height: number, width: number],
  resizer: Resizer,
): NDArray<'float32'> {
  const resized = resample(images, size, resizers[resizer])
  const { data } = resized
  for (let index = 0; index < data.length; index++) data[index] = Math.min(255, Math.max(0, data[index]!))
  return resized
}

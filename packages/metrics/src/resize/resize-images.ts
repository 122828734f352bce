import { type NDArray, ndarray } from '@gantry/core'
import type { ImageBatch } from '../features.ts'
import { applyTaps } from './apply-taps.ts'
import { halfPixelBilinearTaps, tf1BilinearTaps } from './bilinear.ts'
import { pilBicubicTaps } from './pil-bicubic.ts'
import type { MakeTaps, Taps } from './taps.ts'

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
  { shape, data }: ImageBatch,
  [height, width]: readonly [height: number, width: number],
  resizer: Resizer,
): NDArray<'float32'> {
  const [count, inputHeight, inputWidth, channels] = shape as readonly [number, number, number, number]
  const makeTaps = resizers[resizer]
  // A row is [pixels, channels], and so is a column whose "channels" are a whole row.
  const wide = applyFloat(data, makeTaps(inputWidth, width), count * inputHeight, channels)
  const resized = applyFloat(wide, makeTaps(inputHeight, height), count, width * channels)
  for (let index = 0; index < resized.length; index++) resized[index] = Math.min(255, Math.max(0, resized[index]!))
  return ndarray('float32', [count, height, width, channels], resized)
}

/** In float32 between the axes. */
function applyFloat(source: ArrayLike<number>, taps: Taps, outer: number, inner: number): Float32Array {
  return applyTaps(source, taps, [outer, inner], {
    weights: taps.weights,
    out: new Float32Array(outer * taps.outputs * inner),
    start: 0,
    finish: (sum) => sum,
  })
}

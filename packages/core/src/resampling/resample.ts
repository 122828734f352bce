import { type NDArray, ndarray } from '../ndarray.ts'
import { applyTaps } from './apply-taps.ts'
import type { MakeTaps, Taps } from './taps.ts'

/**
 * Resizes images along x and then y, in float32 between the two. Nothing is clipped: kernels with negative weights overshoot.
 *
 * @param images [count, height, width, channels]
 * @returns float32 [count, height, width, channels] of the new size
 *
 * @example
 * ```ts
 * const quarter = resample(photos, [64, 64], pilBicubicTaps)
 * ```
 */
export function resample(
  { shape, data }: NDArray,
  [height, width]: readonly [height: number, width: number],
  makeTaps: MakeTaps,
): NDArray<'float32'> {
  const [count, inputHeight, inputWidth, channels] = shape as readonly [number, number, number, number]
  const values = data as ArrayLike<number>
  // A row is [pixels, channels], and so is a column whose "channels" are a whole row.
  const wide = applyFloat(values, makeTaps(inputWidth, width), count * inputHeight, channels)
  const resized = applyFloat(wide, makeTaps(inputHeight, height), count, width * channels)
  return ndarray('float32', [count, height, width, channels], resized)
}

/** In float32 between the axes. */
function applyFloat(source: ArrayLike<number>, taps: Taps, outer: number, inner: number): Float32Array<ArrayBuffer> {
  return applyTaps(source, taps, [outer, inner], {
    weights: taps.weights,
    out: new Float32Array(outer * taps.outputs * inner),
    start: 0,
    finish: (sum) => sum,
  })
}

import { applyTaps, ndarray, pilBicubicTaps, type Taps } from '@gantry/core'
import type { ImageBatch } from '../features.ts'

/** Pillow's fixed-point weights: 32 bits less 8 for the pixel and 2 for sums that overshoot. */
const PRECISION = 32 - 8 - 2

/**
 * Resizes 8-bit images as Pillow does (`Image.resize(…, Image.BICUBIC)`), bit for bit: weights in fixed point, rounded to
 * 8 bits after x and again after y.
 */
export function resizePilUint8(
  { shape, data }: ImageBatch,
  [height, width]: readonly [height: number, width: number],
): ImageBatch {
  const [count, inputHeight, inputWidth, channels] = shape as readonly [number, number, number, number]
  const wide = applyFixedPoint(data, pilBicubicTaps(inputWidth, width), count * inputHeight, channels)
  const resized = applyFixedPoint(wide, pilBicubicTaps(inputHeight, height), count, width * channels)
  return ndarray('uint8', [count, height, width, channels], resized)
}

/** In fixed point, rounded to a byte. */
function applyFixedPoint(source: Uint8Array, taps: Taps, outer: number, inner: number): Uint8Array {
  return applyTaps(source, taps, [outer, inner], {
    // Half away from zero.
    weights: Int32Array.from(taps.weights, (weight) => Math.trunc(weight * 2 ** PRECISION + Math.sign(weight) * 0.5)),
    out: new Uint8Array(outer * taps.outputs * inner),
    start: 1 << (PRECISION - 1),
    finish: (sum) => Math.min(255, Math.max(0, sum >> PRECISION)),
  })
}

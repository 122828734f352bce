import { ndarray } from '@gantry/core'
import type { ImageBatch } from '../features.ts'
import { pilBicubicTaps } from './pil-bicubic.ts'
import type { Taps } from './taps.ts'

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

/** [outer, inputs, inner] → [outer, outputs, inner]. */
function applyFixedPoint(source: Uint8Array, taps: Taps, outer: number, inner: number): Uint8Array {
  const { inputs, outputs, starts, width } = taps
  // Half away from zero.
  const weights = Int32Array.from(taps.weights, (weight) =>
    Math.trunc(weight * 2 ** PRECISION + Math.sign(weight) * 0.5),
  )
  const out = new Uint8Array(outer * outputs * inner)
  for (let block = 0; block < outer; block++) {
    for (let output = 0; output < outputs; output++) {
      const start = starts[output]!
      const count = Math.min(width, inputs - start)
      const from = (block * inputs + start) * inner
      const to = (block * outputs + output) * inner
      for (let lane = 0; lane < inner; lane++) {
        let sum = 1 << (PRECISION - 1)
        for (let tap = 0; tap < count; tap++) sum += weights[output * width + tap]! * source[from + tap * inner + lane]!
        out[to + lane] = Math.min(255, Math.max(0, sum >> PRECISION))
      }
    }
  }
  return out
}

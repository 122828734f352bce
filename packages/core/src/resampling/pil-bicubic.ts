import type { Taps } from './taps.ts'

/** Cubic convolution with a = -0.5 (Keys 1981, equation 5). */
function keysCubic(distance: number): number {
  const a = -0.5
  const x = Math.abs(distance)
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a
  return 0
}

const SUPPORT = 2

/**
 * Pillow's bicubic resize: pixels have centres, and the kernel widens by the factor by which an image is made smaller, so
 * that nothing aliases.
 *
 * Images must be clipped afterwards: the kernel is negative in places.
 */
export function pilBicubicTaps(inputs: number, outputs: number): Taps {
  const scale = inputs / outputs
  const stretch = Math.max(scale, 1)
  const support = SUPPORT * stretch
  const width = Math.ceil(support) * 2 + 1
  const starts = new Int32Array(outputs)
  const weights = new Float64Array(outputs * width)
  for (let output = 0; output < outputs; output++) {
    const center = (output + 0.5) * scale
    const start = Math.max(0, Math.trunc(center - support + 0.5))
    const end = Math.min(inputs, Math.trunc(center + support + 0.5))
    let total = 0
    for (let input = start; input < end; input++) {
      const weight = keysCubic((input - center + 0.5) / stretch)
      weights[output * width + input - start] = weight
      total += weight
    }
    for (let tap = 0; tap < end - start; tap++) weights[output * width + tap]! /= total
    starts[output] = start
  }
  return { inputs, outputs, starts, width, weights }
}

import type { Taps } from './taps.ts'

/** How sums of weighted pixels are taken and kept. */
interface Arithmetic<Out> {
  /** Weights of the taps, [outputs, width], in the number format of the sums. */
  readonly weights: ArrayLike<number>
  readonly out: Out
  /** Where every sum starts. */
  readonly start: number
  finish(sum: number): number
}

/** Resizes along one axis: [outer, inputs, inner] → [outer, outputs, inner]. */
export function applyTaps<Out extends Float32Array | Uint8Array>(
  source: ArrayLike<number>,
  { inputs, outputs, starts, width }: Taps,
  [outer, inner]: readonly [outer: number, inner: number],
  arithmetic: Arithmetic<Out>,
): Out {
  const { weights, out, start: initial, finish } = arithmetic
  for (let block = 0; block < outer; block++) {
    for (let output = 0; output < outputs; output++) {
      const start = starts[output]!
      const count = Math.min(width, inputs - start)
      const from = (block * inputs + start) * inner
      const to = (block * outputs + output) * inner
      for (let lane = 0; lane < inner; lane++) {
        let sum = initial
        for (let tap = 0; tap < count; tap++) sum += weights[output * width + tap]! * source[from + tap * inner + lane]!
        out[to + lane] = finish(sum)
      }
    }
  }
  return out
}

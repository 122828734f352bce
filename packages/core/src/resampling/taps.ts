/**
 * A resize along one axis: each output is a weighted sum of neighbouring inputs.
 *
 * Separable resizes are two of these, one an axis. JavaScript applies the neighbours; a graph multiplies by the dense
 * matrix ({@link toMatrix}), so both use the same numbers.
 */
export interface Taps {
  readonly inputs: number
  readonly outputs: number
  /** The first input that each output reads. */
  readonly starts: Int32Array
  /** Room for neighbours of one output in `weights`. */
  readonly width: number
  /** Row-major [outputs, width]; zero where an output has fewer neighbours. */
  readonly weights: Float64Array
}

/** Makes the taps of one axis of `inputs` pixels that becomes `outputs` pixels. */
export type MakeTaps = (inputs: number, outputs: number) => Taps

/** The matrix [outputs, inputs] of these taps, in float32. */
export function toMatrix({ inputs, outputs, starts, width, weights }: Taps): Float32Array {
  const matrix = new Float32Array(inputs * outputs)
  for (let output = 0; output < outputs; output++) {
    const start = starts[output]!
    for (let tap = 0; tap < Math.min(width, inputs - start); tap++) {
      matrix[output * inputs + start + tap] = weights[output * width + tap]!
    }
  }
  return matrix
}

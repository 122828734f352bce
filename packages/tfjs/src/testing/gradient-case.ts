import { RandomStream } from '@gantry/core'
import type { Tensor } from '@tensorflow/tfjs-core'

type Draw = (stream: string, length: number) => Float64Array

const normal: Draw = (stream, length) => new RandomStream(1, stream).fillNormal(new Float64Array(length))

/** Numbers for a case's input: kept away from where its operation has a corner or ends. */
export const draws = {
  /** Positive and negative, off zero. */
  any: (stream, length) => normal(stream, length).map((value) => Math.sign(value) * 0.2 + 0.8 * value),
  /** Up to about ±10, off ±6. */
  wide: (stream, length) => normal(stream, length).map((value) => Math.round(4 * value) + 0.4),
  positive: (stream, length) => normal(stream, length).map((value) => 0.3 + Math.abs(value)),
  /** Between -1 and 1, off both. */
  inside: (stream, length) => normal(stream, length).map((value) => 0.85 * Math.tanh(value)),
  aboveOne: (stream, length) => normal(stream, length).map((value) => 1.2 + Math.abs(value)),
  /** No two alike, however they are compared. */
  distinct: (stream, length) => {
    const order = [...normal(stream, length).entries()].sort(([, a], [, b]) => a - b)
    const values = new Float64Array(length)
    for (const [rank, [place]] of order.entries()) values[place] = (rank - length / 2) * 0.11 + 0.05
    return values
  },
} satisfies Record<string, Draw>

export interface Input {
  readonly shape: readonly number[]
  readonly draw: keyof typeof draws
}

/** One operation: in TF.js, and once more in float64 loops that share no code with it. */
export interface GradientCase {
  readonly name: string
  readonly inputs: readonly Input[]
  readonly compute: (...tensors: Tensor[]) => Tensor
  readonly reference: (...vectors: Float64Array[]) => ArrayLike<number>
}

export const input = (shape: readonly number[], draw: keyof typeof draws = 'any'): Input => ({ shape, draw })

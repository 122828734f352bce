import { ShapeError } from '@gantry/core'

/** Order of a tensor's axes in memory: `permutation[i]` is the logical axis that stands at place i. */
export type Permutation = readonly number[]

/** Logical channels-last images laid out as ONNX wants them: batch, channels, height, width. */
export const CHANNELS_FIRST: Permutation = [0, 3, 1, 2]

export function identity(rank: number): Permutation {
  return Array.from({ length: rank }, (_, axis) => axis)
}

export function isIdentity(permutation: Permutation): boolean {
  return permutation.every((axis, place) => axis === place)
}

export function samePermutation(left: Permutation, right: Permutation): boolean {
  return left.length === right.length && left.every((axis, place) => axis === right[place])
}

export function sameShape(left: readonly number[], right: readonly number[]): boolean {
  return samePermutation(left, right)
}

/** `values[permutation[i]]` at place i. */
export function permute<T>(values: readonly T[], permutation: Permutation): T[] {
  return permutation.map((axis) => values[axis]!)
}

/** How many axes are longer than one. */
export function nontrivialAxes(shape: readonly number[]): number {
  return shape.filter((length) => length !== 1).length
}

/**
 * The shape that all of these broadcast to (numpy's rules).
 *
 * @throws ShapeError `BROADCAST_MISMATCH`
 */
export function broadcastShapes(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length))
  return Array.from({ length: rank }, (_, axis) => {
    let length = 1
    for (const shape of shapes) {
      const own = shape[axis - (rank - shape.length)] ?? 1
      if (own === 1 || own === length) continue
      if (length !== 1) {
        throw new ShapeError({
          code: 'BROADCAST_MISMATCH',
          message: `Operands could not be broadcast together with shapes ${shapes.map((shape) => `[${shape}]`).join(' and ')}.`,
          fix: 'Axes must be of equal length, or of length 1, counted from the last.',
        })
      }
      length = own
    }
    return length
  })
}

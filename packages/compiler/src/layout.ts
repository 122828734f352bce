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

/** The permutation that undoes this one: `inverse[axis]` is the place of a logical axis. */
export function invert(permutation: Permutation): Permutation {
  const inverse = new Array<number>(permutation.length)
  for (const [place, axis] of permutation.entries()) inverse[axis] = place
  return inverse
}

/** How many axes are longer than one. */
export function nontrivialAxes(shape: readonly number[]): number {
  return shape.filter((length) => length !== 1).length
}

/** The shape that all of these broadcast to (numpy's rules). */
export function broadcastShapes(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length))
  return Array.from({ length: rank }, (_, axis) => {
    let length = 1
    for (const shape of shapes) {
      const own = shape[axis - (rank - shape.length)] ?? 1
      if (own !== 1) length = own
    }
    return length
  })
}

/** Reorders row-major data of a logical shape into the permuted order. */
export function permuteData<T extends { [index: number]: number; readonly length: number }>(
  data: T,
  shape: readonly number[],
  permutation: Permutation,
  out: T,
): T {
  const strides = new Array<number>(shape.length)
  let stride = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride
    stride *= shape[axis]!
  }
  const sizes = permute(shape, permutation)
  const steps = permute(strides, permutation)
  const position = new Array<number>(shape.length).fill(0)
  let offset = 0
  for (let index = 0; index < data.length; index++) {
    out[index] = data[offset]!
    for (let place = sizes.length - 1; place >= 0; place--) {
      offset += steps[place]!
      if (++position[place]! < sizes[place]!) break
      offset -= steps[place]! * sizes[place]!
      position[place] = 0
    }
  }
  return out
}

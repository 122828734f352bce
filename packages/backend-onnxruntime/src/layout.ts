import { type NDArray, ndarray, type StateLayout, sizeOfShape, type TypedArray } from '@gantry/core'

/** A copy with the axes in the order in which a session keeps them. */
export function toPhysical(array: NDArray, { permutation }: StateLayout): NDArray {
  return permutation === undefined ? copy(array) : permuteAxes(array, permutation)
}

/** A copy with the axes in the order that checkpoints and programs see. */
export function toLogical(array: NDArray, { permutation }: StateLayout): NDArray {
  return permutation === undefined ? copy(array) : permuteAxes(array, invert(permutation))
}

/** The array with axis `permutation[i]` at place i. */
export function permuteAxes<A extends NDArray>(array: A, permutation: readonly number[]): A {
  const shape = permutation.map((axis) => array.shape[axis]!)
  const strides = stridesOf(array.shape)
  const steps = permutation.map((axis) => strides[axis]!)
  const result = ndarray(array.dtype, shape)
  const [from, to] = [array.data, result.data]

  // Walks the result in order and moves the source's offset along: an odometer instead of divisions for every element.
  const position = shape.map(() => 0)
  let source = 0
  for (let target = 0; target < to.length; target++) {
    to[target] = from[source]!
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      source += steps[axis]!
      if (++position[axis]! < shape[axis]!) break
      source -= steps[axis]! * shape[axis]!
      position[axis] = 0
    }
  }
  return result as NDArray as A
}

function copy({ dtype, shape, data }: NDArray): NDArray {
  return ndarray(dtype, shape, data.slice() as TypedArray)
}

function invert(permutation: readonly number[]): number[] {
  const inverse: number[] = []
  for (const [place, axis] of permutation.entries()) inverse[axis] = place
  return inverse
}

function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => sizeOfShape(shape.slice(axis + 1)))
}

import { type NDArray, ndarray, sizeOfShape } from './ndarray.ts'

/** The permutation that undoes this one. */
export function invertPermutation(permutation: readonly number[]): number[] {
  const inverse = new Array<number>(permutation.length)
  for (const [place, axis] of permutation.entries()) inverse[axis] = place
  return inverse
}

/** A copy whose axis i is axis `permutation[i]` of the array. */
export function permuteAxes<A extends NDArray>(array: A, permutation: readonly number[]): A {
  const shape = permutation.map((axis) => array.shape[axis]!)
  const strides = array.shape.map((_, axis) => sizeOfShape(array.shape.slice(axis + 1)))
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

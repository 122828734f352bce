import { type NDArray, ndarray } from './ndarray.ts'
import { gatherStrided, rowMajorStrides } from './strided.ts'

/** The permutation that undoes this one. */
export function invertPermutation(permutation: readonly number[]): number[] {
  const inverse = new Array<number>(permutation.length)
  for (const [place, axis] of permutation.entries()) inverse[axis] = place
  return inverse
}

/** A copy whose axis i is axis `permutation[i]` of the array. */
export function permuteAxes<A extends NDArray>(array: A, permutation: readonly number[]): A {
  const shape = permutation.map((axis) => array.shape[axis]!)
  const strides = rowMajorStrides(array.shape)
  const result = ndarray(array.dtype, shape)
  gatherStrided(
    array.data,
    result.data,
    shape,
    permutation.map((axis) => strides[axis]!),
  )
  return result as NDArray as A
}

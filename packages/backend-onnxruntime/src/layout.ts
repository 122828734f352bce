import { invertPermutation, type NDArray, ndarray, permuteAxes, type StateLayout, type TypedArray } from '@gantry/core'

/** A copy with the axes in the order in which a session keeps them. */
export function toPhysical(array: NDArray, { permutation }: StateLayout): NDArray {
  return permutation === undefined ? copy(array) : permuteAxes(array, permutation)
}

/** A copy with the axes in the order that checkpoints and programs see. */
export function toLogical(array: NDArray, { permutation }: StateLayout): NDArray {
  return permutation === undefined ? copy(array) : permuteAxes(array, invertPermutation(permutation))
}

function copy({ dtype, shape, data }: NDArray): NDArray {
  return ndarray(dtype, shape, data.slice() as TypedArray)
}

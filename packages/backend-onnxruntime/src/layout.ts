import { invertPermutation, type NDArray, permuteAxes, type State, type StateLayout } from '@gantry/core'
import { copyArray } from './copies.ts'

/** A copy with the axes in the order in which a session keeps them. */
export function toPhysical(array: NDArray, { permutation }: StateLayout): NDArray {
  return permutation === undefined ? copy(array) : permuteAxes(array, permutation)
}

/** The array with its axes in the order that checkpoints and programs see; a copy where that order is another. */
export function toLogical(array: NDArray, { permutation }: StateLayout): NDArray {
  return permutation === undefined ? array : permuteAxes(array, invertPermutation(permutation))
}

/** A copy of a whole state in the order in which a session keeps it. */
export function toPhysicalState(layouts: Readonly<Record<string, StateLayout>>, state: State): State {
  return Object.fromEntries(Object.entries(layouts).map(([name, layout]) => [name, toPhysical(state[name]!, layout)]))
}

function copy({ dtype, shape, data }: NDArray): NDArray {
  return { dtype, shape, data: copyArray(data) } as NDArray
}

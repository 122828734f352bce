import { invertPermutation, type NDArray, permuteAxes, type State, type StateLayout } from '@gantry/core'
import { copyArray } from './copies.ts'
import { releaseArrays } from './release-arrays.ts'

/** A copy with the axes in the order in which a session keeps them. */
export function toPhysical(array: NDArray, { permutation }: StateLayout): NDArray {
  return permutation === undefined ? copy(array) : permuteAxes(array, permutation)
}

/** The array with its axes in the order that checkpoints and programs see; a copy where that order is another. */
export function toLogical(array: NDArray, { permutation }: StateLayout): NDArray {
  return permutation === undefined ? array : permuteAxes(array, invertPermutation(permutation))
}

/** A copy of a state, or of a part of one, in the order in which a session keeps it. */
export function toPhysicalState(layouts: Readonly<Record<string, StateLayout>>, state: State): State {
  return Object.fromEntries(Object.entries(state).map(([name, array]) => [name, toPhysical(array, layouts[name]!)]))
}

/**
 * {@link toPhysicalState} without a second copy of the whole: arrays are taken over as they are where their order is the
 * session's, and freed when they have been permuted where it is not. Views of larger buffers, which belong to others too, are
 * copied.
 */
export function movePhysicalState(layouts: Readonly<Record<string, StateLayout>>, state: State): State {
  // One array may be the value of several variables.
  const readers = new Map<ArrayBufferLike, number>()
  for (const { data } of Object.values(state)) readers.set(data.buffer, (readers.get(data.buffer) ?? 0) + 1)
  const move = (array: NDArray, layout: StateLayout): NDArray => {
    const { buffer, byteLength } = array.data
    const left = readers.get(buffer)! - 1
    readers.set(buffer, left)
    if (left > 0 || byteLength < buffer.byteLength || !(buffer instanceof ArrayBuffer)) return toPhysical(array, layout)
    if (layout.permutation === undefined) return array
    const physical = toPhysical(array, layout)
    releaseArrays([array.data])
    return physical
  }
  return Object.fromEntries(Object.entries(layouts).map(([name, layout]) => [name, move(state[name]!, layout)]))
}

function copy({ dtype, shape, data }: NDArray): NDArray {
  return { dtype, shape, data: copyArray(data) } as NDArray
}

import { rowMajorStrides, visitRuns } from '@gantry/core'

/** Strides of an array that is read as if it had the larger shape `target`: axes that repeat stand still. */
export function broadcastStrides(shape: readonly number[], target: readonly number[]): number[] {
  const own = rowMajorStrides(shape)
  const missing = target.length - shape.length
  return target.map((_, axis) => (axis < missing || shape[axis - missing] === 1 ? 0 : own[axis - missing]!))
}

/** Visits the positions of `shape` in order; `offsets` says where each of several arrays stands (one array, reused). */
export function walk(
  shape: readonly number[],
  strides: readonly (readonly number[])[],
  visit: (index: number, offsets: readonly number[]) => void,
  starts?: readonly number[],
): void {
  const offsets = strides.map(() => 0)
  visitRuns(
    shape,
    strides,
    ({ index, length, offsets: first, steps }) => {
      for (let array = 0; array < offsets.length; array++) offsets[array] = first[array]!
      for (let place = index; place < index + length; place++) {
        visit(place, offsets)
        for (let array = 0; array < offsets.length; array++) offsets[array]! += steps[array]!
      }
    },
    starts,
  )
}

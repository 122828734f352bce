import { rowMajorStrides, sizeOfShape } from '@gantry/core'

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
  starts: readonly number[] = strides.map(() => 0),
): void {
  const size = sizeOfShape(shape)
  const offsets = [...starts]
  const position = shape.map(() => 0)
  for (let index = 0; index < size; index++) {
    visit(index, offsets)
    // An odometer instead of divisions for every element.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const length = shape[axis]!
      const wraps = ++position[axis]! === length
      for (let operand = 0; operand < offsets.length; operand++) {
        offsets[operand]! += strides[operand]![axis]! * (wraps ? 1 - length : 1)
      }
      if (!wraps) break
      position[axis] = 0
    }
  }
}

import { sizeOfShape, type TypedArray } from './ndarray.ts'

/** How far a step along each axis goes in a row-major array. */
export function rowMajorStrides(shape: readonly number[]): number[] {
  return shape.map((_, axis) => sizeOfShape(shape.slice(axis + 1)))
}

/**
 * Copies elements that lie anywhere in memory into row-major order: `to` holds an array of this shape, and a step along its
 * axes goes so far in `from`; nowhere along an axis that repeats.
 */
export function gatherStrided<T extends TypedArray>(
  from: T,
  to: T,
  shape: readonly number[],
  strides: readonly number[],
  offset = 0,
): T {
  // Walks the result in order and moves the source's offset along: an odometer instead of divisions for every element.
  const position = shape.map(() => 0)
  let source = offset
  for (let target = 0; target < to.length; target++) {
    to[target] = from[source]!
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      source += strides[axis]!
      if (++position[axis]! < shape[axis]!) break
      source -= strides[axis]! * shape[axis]!
      position[axis] = 0
    }
  }
  return to
}

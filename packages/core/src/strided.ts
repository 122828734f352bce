import { sizeOfShape, type TypedArray } from './ndarray.ts'

/** How far a step along each axis goes in a row-major array. */
export function rowMajorStrides(shape: readonly number[]): number[] {
  return shape.map((_, axis) => sizeOfShape(shape.slice(axis + 1)))
}

/** Elements that follow each other at an even distance in each of several arrays. */
export interface StridedRun {
  /** Place of its first element among all. */
  readonly index: number
  readonly length: number
  /** Where its first element lies in each array. */
  readonly offsets: readonly number[]
  /** How far the next element is in each array. */
  readonly steps: readonly number[]
}

/**
 * Visits the elements of `shape` in order, in runs that are as long as they can be: whatever lies evenly in all arrays is one.
 *
 * @param strides of each array: how far a step along each axis goes; nowhere along an axis that repeats
 * @param visit is given the same object every time
 * @param starts where the first element lies in each array; default: at 0
 */
export function visitRuns(
  shape: readonly number[],
  strides: readonly (readonly number[])[],
  visit: (run: StridedRun) => void,
  starts: readonly number[] = strides.map(() => 0),
): void {
  const size = sizeOfShape(shape)
  const axes = mergedAxes(shape, strides)
  const { length, steps } = axes.pop() ?? { length: 1, steps: strides.map(() => 0) }
  const offsets = [...starts]
  const position = axes.map(() => 0)
  const run = { index: 0, length, offsets, steps }
  for (; run.index < size; run.index += length) {
    visit(run)
    // An odometer instead of divisions.
    for (let place = axes.length - 1; place >= 0; place--) {
      const axis = axes[place]!
      const wraps = ++position[place]! === axis.length
      const moves = wraps ? 1 - axis.length : 1
      for (let array = 0; array < offsets.length; array++) offsets[array]! += axis.steps[array]! * moves
      if (!wraps) break
      position[place] = 0
    }
  }
}

interface Axis {
  length: number
  readonly steps: readonly number[]
}

/** Axes longer than one; those along which all arrays go on evenly are a single one. */
function mergedAxes(shape: readonly number[], strides: readonly (readonly number[])[]): Axis[] {
  const axes: Axis[] = []
  for (const [axis, length] of [...shape.entries()].reverse()) {
    if (length === 1) continue
    const steps = strides.map((own) => own[axis]!)
    const [inner] = axes
    if (inner?.steps.every((step, array) => steps[array] === step * inner.length)) inner.length *= length
    else axes.unshift({ length, steps })
  }
  return axes
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
  const copy = ({ index, length, offsets: [first], steps: [step] }: StridedRun) => {
    for (let [target, source] = [index, first!]; target < index + length; target++, source += step!) {
      to[target] = from[source]!
    }
  }
  visitRuns(shape, [strides], copy, [offset])
  return to
}

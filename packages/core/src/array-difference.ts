import type { NDArray } from './ndarray.ts'

/** How far an array is from the one that it should be. */
export interface ArrayDifference {
  /** Largest absolute difference of two numbers in one place; infinite for another shape. */
  readonly absolute: number
  /** The same as a part of the largest number that was expected. */
  readonly relative: number
  /** Largest absolute value of the finite numbers that were expected. */
  readonly largest: number
  /** Whether all numbers that were expected are finite. */
  readonly finite: boolean
}

export interface CompareOptions {
  /** Where the largest number that was expected is smaller than this, `relative` is measured against it; default: 1. */
  readonly smallestScale?: number
}

/**
 * Compares two arrays of any dtypes number by number. Equal infinities and NaNs differ by nothing; anything else beside them
 * differs by everything.
 *
 * @example
 * ```ts
 * compareArrays(float32([2], [1, 4.5]), float32([2], [1, 4])) // { absolute: 0.5, relative: 0.125, largest: 4, finite: true }
 * ```
 */
export function compareArrays(
  actual: NDArray,
  expected: NDArray,
  { smallestScale = 1 }: CompareOptions = {},
): ArrayDifference {
  let [absolute, largest, finite] = [0, 0, true]
  const sameShape = actual.shape.join() === expected.shape.join()
  for (let index = 0; index < expected.data.length; index++) {
    const value = Number(expected.data[index])
    if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value))
    else finite = false
    if (sameShape) absolute = Math.max(absolute, differenceOf(Number(actual.data[index]), value))
  }
  if (!sameShape) absolute = Number.POSITIVE_INFINITY
  return { absolute, relative: absolute / Math.max(smallestScale, largest), largest, finite }
}

function differenceOf(actual: number, expected: number): number {
  if (actual === expected || (Number.isNaN(actual) && Number.isNaN(expected))) return 0
  const difference = Math.abs(actual - expected)
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference
}

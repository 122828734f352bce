import { type NDArray, ndarray } from '@gantry/core'

/** Whole numbers as the vector in which operators take shapes, axes and lengths. */
export function int64Vector(values: readonly number[]): NDArray<'int64'> {
  return ndarray('int64', [values.length], BigInt64Array.from(values, BigInt))
}

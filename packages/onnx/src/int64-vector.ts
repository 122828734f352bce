import { type NDArray, ndarray } from '@gantry/core'

const LARGEST = 2n ** 63n - 1n

/** A whole number as an int64. Exporters write the largest one for "to the end", which a double rounds up to 2⁶³. */
export function int64(value: number): bigint {
  return value >= 2 ** 63 ? LARGEST : BigInt.asIntN(64, BigInt(value))
}

/** Whole numbers as the vector in which operators take shapes, axes and lengths. */
export function int64Vector(values: readonly number[]): NDArray<'int64'> {
  return ndarray('int64', [values.length], BigInt64Array.from(values, int64))
}

import { arrayClasses, type DType, type NDArray, ndarray } from './ndarray.ts'

/** An array of these numbers, whatever its dtype; whole numbers where that is one of integers. */
export function numbersToArray(dtype: DType, shape: readonly number[], numbers: Iterable<number>): NDArray {
  if (dtype === 'int64') return ndarray('int64', shape, BigInt64Array.from(Array.from(numbers, BigInt)))
  return ndarray(dtype, shape, arrayClasses[dtype].from(numbers as Iterable<number> & Iterable<bigint>))
}

import { type DType, type NDArray, numbersToArray } from '@gantry/core'

/**
 * An array of just these numbers, or nothing where the dtype does not have them: 2⁴⁰ would become 0 as an int32, 1e300 infinite as a
 * float32. What floats round is theirs.
 */
export function exactArray(dtype: DType, shape: readonly number[], numbers: readonly number[]): NDArray | undefined {
  const isFloat = dtype.startsWith('float')
  if (!isFloat && !numbers.every(Number.isSafeInteger)) return undefined
  const array = numbersToArray(dtype, shape, numbers)
  const isHeld = (value: number, index: number) => {
    const held = Number(array.data[index])
    return isFloat ? Number.isFinite(held) : held === value && (dtype !== 'bool' || value <= 1)
  }
  return numbers.every(isHeld) ? array : undefined
}

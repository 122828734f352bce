import { describe, expect, it } from 'vitest'
import { bytesPerElement, dtypes, float32, ndarray, rowsOf, sizeOfShape } from './ndarray.ts'

describe('ndarray', () => {
  it('makes zeros of every dtype, in the array class of the dtype', () => {
    for (const dtype of dtypes) {
      const array = ndarray(dtype, [2, 3])
      expect(array.data).toHaveLength(6)
      expect(array.data.BYTES_PER_ELEMENT).toBe(bytesPerElement(dtype))
      expect(Number(array.data[5])).toBe(0)
    }
  })

  it('views the data it is given', () => {
    const data = new Float32Array(4)
    expect(ndarray('float32', [2, 2], data).data).toBe(data)
    expect([...float32([2], [1, 2]).data]).toEqual([1, 2])
    expect([sizeOfShape([]), sizeOfShape([3, 0, 2])]).toEqual([1, 0])
  })

  it('gives some of its rows, as a view', () => {
    const array = ndarray('int32', [3, 2], Int32Array.of(1, 2, 3, 4, 5, 6))
    const rows = rowsOf(array, 1, 2)
    expect(rows).toEqual(ndarray('int32', [2, 2], Int32Array.of(3, 4, 5, 6)))
    expect(rows.data.buffer).toBe(array.data.buffer)
    expect(rowsOf(array, 3, 0).shape).toEqual([0, 2])
  })

  it('names both sides of a mismatch', () => {
    expect(() => ndarray('float32', [2, 3], new Float32Array(5))).toThrow(
      'Shape [2,3] has 6 elements but the data has 5.',
    )
    expect(() => ndarray('int32', [1], new Float32Array(1) as never)).toThrow(
      'dtype int32 needs a Int32Array but the data is a Float32Array.',
    )
    expect(() => ndarray('float16' as never, [1])).toThrow(/no dtype 'float16'.*float32, float64/)
  })
})

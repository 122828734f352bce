import { describe, expect, it } from 'vitest'
import { compareArrays } from './array-difference.ts'
import { float32, ndarray } from './ndarray.ts'

const { POSITIVE_INFINITY: infinity, NEGATIVE_INFINITY: minusInfinity, NaN: nan } = Number
const of = (...values: number[]) => float32([values.length], values)

describe('compareArrays', () => {
  it('tells the largest difference, alone and as a part of the largest number that was expected', () => {
    const difference = compareArrays(of(1, -8, 3), of(1, -6, 2.5))
    expect(difference).toEqual({ absolute: 2, relative: 2 / 6, largest: 6, finite: true })
    expect(compareArrays(of(1, 2), of(1, 2))).toMatchObject({ absolute: 0, relative: 0 })
  })

  it('measures small numbers against the smallest scale', () => {
    expect(compareArrays(of(0.5), of(0.25)).relative).toBe(0.25)
    expect(compareArrays(of(0.5), of(0.25), { smallestScale: 0.125 }).relative).toBe(1)
    expect(compareArrays(of(0.5), of(0.25), { smallestScale: 0.5 }).relative).toBe(0.5)
  })

  it('takes equal infinities and NaNs as equal, and tells that they are there', () => {
    const strange = of(infinity, minusInfinity, nan, 3)
    expect(compareArrays(strange, strange)).toEqual({ absolute: 0, relative: 0, largest: 3, finite: false })
    expect(compareArrays(of(infinity), of(1))).toMatchObject({ absolute: infinity, finite: true })
  })

  it.each([
    [of(nan), of(1)],
    [of(1), of(nan)],
    [of(infinity), of(minusInfinity)],
    [of(nan), of(infinity)],
    [of(1), of(infinity)],
    [of(1, 2), of(1)],
    [float32([1, 2], [1, 2]), of(1, 2)],
  ])('takes $0.data beside $1.data as infinitely different', (actual, expected) => {
    expect(compareArrays(actual, expected)).toMatchObject({ absolute: infinity, relative: infinity })
  })

  it('compares across dtypes', () => {
    const int64 = ndarray('int64', [2], BigInt64Array.of(-3n, 5n))
    expect(compareArrays(int64, of(-3, 4))).toMatchObject({ absolute: 1, relative: 0.25 })
    expect(compareArrays(ndarray('float32', [0]), ndarray('float32', [0]))).toMatchObject({ absolute: 0, largest: 0 })
  })
})

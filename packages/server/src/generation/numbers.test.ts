import { float32 } from '@gantry/core'
import { expect, it } from 'vitest'
import { exactArray } from './exact-array.ts'
import { jsonNumbers } from './json-numbers.ts'

it.each([
  ['int32', [7, -7], [2 ** 31, 1.5, Number.NaN]],
  ['int64', [2 ** 52], [2 ** 53, 0.5]],
  ['uint8', [0, 255], [256, -1]],
  ['bool', [0, 1], [-1, 2, 300]],
  ['float32', [0.1, -3e38], [1e39, Number.POSITIVE_INFINITY, Number.NaN]],
  ['float64', [1e300], [Number.NaN]],
] as const)('%s has its own numbers, and no others', (dtype, has, hasNot) => {
  expect(Array.from(exactArray(dtype, [has.length], has)!.data, Number)).toEqual(
    dtype === 'float32' ? has.map(Math.fround) : has,
  )
  for (const value of hasNot) expect([value, exactArray(dtype, [1], [value])]).toEqual([value, undefined])
})

it('says that JSON has no infinite numbers, and not null', () => {
  expect(jsonNumbers('x', float32([2], [1, 2]))).toEqual([1, 2])
  for (const value of [Number.NaN, Number.NEGATIVE_INFINITY]) {
    expect(() => jsonNumbers('x', float32([2], [1, value]))).toThrow(
      expect.objectContaining({ code: 'OUTPUT_NOT_FINITE', status: 422 }),
    )
  }
})

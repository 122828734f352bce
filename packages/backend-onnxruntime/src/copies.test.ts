import { ndarray } from '@gantry/core'
import { expect, test } from 'vitest'
import { copyArray, copyFeeds } from './copies.ts'

test('copyFeeds leaves the buffer behind a view where it is', () => {
  const data = new Float32Array(1000)
  const image = data.fill(5, 100, 110).subarray(100, 110)
  const { x } = copyFeeds({ x: ndarray('float32', [2, 5], image) })
  expect(x).toEqual(ndarray('float32', [2, 5], new Float32Array(10).fill(5)))
  expect(x!.data.buffer.byteLength).toBe(40)
  data.fill(7)
  expect(x!.data[0]).toBe(5)
})

test.each([
  Buffer.from([1, 2, 3]).subarray(1),
  BigInt64Array.of(1n, -(2n ** 60n)),
  Float64Array.of(NaN, 0.1),
  new Int32Array(new SharedArrayBuffer(8)),
])('copyArray gives %o an unshared buffer that can be moved', (array) => {
  const copy = copyArray(array)
  expect([...copy]).toEqual([...array])
  expect(copy.buffer).toBeInstanceOf(ArrayBuffer)
  expect(copy.buffer.byteLength).toBe(array.byteLength)
  structuredClone(copy, { transfer: [copy.buffer as ArrayBuffer] })
  expect(copy).toHaveLength(0)
})

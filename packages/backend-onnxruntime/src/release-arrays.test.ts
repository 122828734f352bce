import { expect, test } from 'vitest'
import { releaseArrays } from './release-arrays.ts'

test('releaseArrays frees each buffer once, without waiting for the garbage collector', () => {
  const megabytes = () => process.memoryUsage().arrayBuffers / 2 ** 20
  const arrays = [new Float32Array(8 * 2 ** 20), new Uint8Array(32 * 2 ** 20)]
  const before = megabytes()
  releaseArrays([...arrays, arrays[0]!.subarray(3)])
  expect(megabytes() - before).toBeLessThan(-63)
  expect(arrays.map(({ length }) => length)).toEqual([0, 0])
  // Again and again: the port stays usable.
  const later = new Float32Array(1)
  releaseArrays([later])
  expect(later).toHaveLength(0)
})

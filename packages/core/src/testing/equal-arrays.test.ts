import { expect, test } from 'vitest'

// What `scripts/compare-bytes.mjs` must not change about vitest's comparisons, which all tests rely on.

test.each([
  ['the same numbers', Float32Array.of(1, -0), Float32Array.of(1, -0)],
  ['a part of a larger array', Float32Array.of(0, 1, 2).subarray(1), Float32Array.of(1, 2)],
  ['NaNs that are written differently', nanOf(0x7fc00000), nanOf(0x7fc00001)],
  ['none', new Uint8Array(0), new Uint8Array(0)],
])('arrays are equal: %s', (_, left, right) => {
  expect(left).toEqual(right)
  expect({ nested: [left] }).toStrictEqual({ nested: [right] })
})

test.each([
  ['another number', Float32Array.of(1, 2), Float32Array.of(1, 3)],
  ['another zero', Float32Array.of(0), Float32Array.of(-0)],
  ['fewer numbers', Float32Array.of(1, 2), Float32Array.of(1)],
  ['another type with the same bytes', Int32Array.of(1), Uint32Array.of(1)],
  ['a Buffer', Uint8Array.of(1), Buffer.of(1)],
  ['a view of bytes', Uint8Array.of(1), new DataView(Uint8Array.of(1).buffer)],
])('arrays differ: %s', (_, left, right) => {
  expect(left).not.toEqual(right)
  expect({ nested: [left] }).not.toStrictEqual({ nested: [right] })
})

function nanOf(bits: number): Float32Array {
  return new Float32Array(Uint32Array.of(bits).buffer)
}

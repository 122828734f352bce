// For tests: arrays of numbers whose bytes are the same are equal. Element by element, as vitest compares them, a megabyte
// takes seconds. Bytes that differ are left to vitest: it says where, and knows that two NaNs may be written differently.
import { expect } from 'vitest'

const bytes = (view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength)

function sameBytes(actual, expected) {
  if (!ArrayBuffer.isView(actual) || !ArrayBuffer.isView(expected)) return undefined
  if (actual.constructor !== expected.constructor || actual.byteLength !== expected.byteLength) return undefined
  return Buffer.compare(bytes(actual), bytes(expected)) === 0 ? true : undefined
}

expect.addEqualityTesters([sameBytes])

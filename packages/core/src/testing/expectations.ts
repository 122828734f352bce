import { expect } from 'vitest'
import { GantryError } from '../errors.ts'
import type { State } from '../model.ts'
import type { NDArray } from '../ndarray.ts'

/** Float32 against the float64 reference: about a hundred roundings. */
const RELATIVE_TOLERANCE = 1e-5
const ABSOLUTE_TOLERANCE = 1e-6

/** Expects every value to equal the reference's but for float32's rounding. */
export function expectClose(name: string, actual: ArrayLike<number | bigint>, expected: ArrayLike<number>): void {
  expect(actual.length, `${name}: number of elements`).toBe(expected.length)
  for (let index = 0; index < expected.length; index++) {
    const difference = Math.abs(Number(actual[index]) - expected[index]!)
    const allowed = ABSOLUTE_TOLERANCE + RELATIVE_TOLERANCE * Math.abs(expected[index]!)
    expect(
      difference,
      `${name}[${index}] is ${actual[index]} but the reference has ${expected[index]}`,
    ).toBeLessThanOrEqual(allowed)
  }
}

/** Expects the same named scalars as the reference's. */
export function expectScalars(
  actual: Readonly<Record<string, number>>,
  expected: Readonly<Record<string, number>>,
): void {
  expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort())
  for (const [name, value] of Object.entries(expected)) expectClose(name, [actual[name]!], [value])
}

/** Expects the same names, shapes and bits. */
export function expectSameState(actual: State, expected: State): void {
  expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort())
  for (const [name, array] of Object.entries(expected)) expectSameArray(name, actual[name]!, array)
}

/** Expects the same dtype, shape and bits. */
export function expectSameArray(name: string, actual: NDArray, expected: NDArray): void {
  const describe = ({ dtype, shape, data }: NDArray) => ({ dtype, shape: [...shape], bytes: bytesOf(data) })
  expect(describe(actual), name).toEqual(describe(expected))
}

function bytesOf(data: NDArray['data']): number[] {
  return Array.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
}

/** Expects a coded error of one class; returns it for a look at its message. */
export async function expectError(
  promise: Promise<unknown>,
  errorClass: abstract new (...parameters: never[]) => GantryError,
  code?: string,
): Promise<GantryError> {
  const error = await promise.then(
    (value) => expect.fail(`expected ${errorClass.name} ${code ?? ''} but the call returned ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  )
  if (!GantryError.isInstance(error)) throw error
  expect(error.name).toBe(errorClass.name)
  if (code !== undefined) expect(error.code).toBe(code)
  return error
}

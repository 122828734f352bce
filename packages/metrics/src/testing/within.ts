import { expect } from 'vitest'

/** A reference value; JSON has no NaN and no infinity, so those are text. */
export type Recorded = number | 'NaN' | 'Infinity' | '-Infinity'

/** The pass rule of the reference file: `|x - ref| <= atol + rtol·|ref|`; NaN must be NaN. */
export function expectWithin(
  actual: number,
  recorded: Recorded,
  { rtol, atol }: { readonly rtol: number; readonly atol: number },
  what = '',
): void {
  const reference = Number(recorded)
  if (!Number.isFinite(reference)) {
    expect(actual, what).toBe(reference)
    return
  }
  const allowed = atol + rtol * Math.abs(reference)
  expect(
    Math.abs(actual - reference) <= allowed,
    `${what}: ${actual} is ${Math.abs(actual - reference)} from ${reference}; ${allowed} is allowed`,
  ).toBe(true)
}

import { describe, expect, it } from 'vitest'
import { fitExponent, median, rounded } from './statistics.ts'

describe('median', () => {
  it('is the middle, or the average of the two in the middle', () => {
    expect(median([5, 1, 3])).toBe(3)
    expect(median([4, 1, 3, 2])).toBe(2.5)
  })
})

describe('fitExponent', () => {
  it('finds the exponent of a power', () => {
    const { exponent, fit } = fitExponent([1, 2, 4, 8].map((x) => [x, 3 * x ** 1.5]))
    expect(exponent).toBeCloseTo(1.5, 10)
    expect(fit).toBeCloseTo(1, 10)
  })

  it('says how well a line fits', () => {
    // Logarithms (0, 0), (1, 1), (2, 0): slope 0, which explains nothing.
    const { exponent, fit } = fitExponent([
      [1, 1],
      [Math.E, Math.E],
      [Math.E ** 2, 1],
    ])
    expect(exponent).toBeCloseTo(0, 10)
    expect(fit).toBeCloseTo(0, 10)
  })

  it('takes times that never change for a perfect fit of the exponent 0', () => {
    expect(
      fitExponent([
        [1, 7],
        [2, 7],
      ]),
    ).toEqual({ exponent: 0, fit: 1 })
  })
})

it('rounds', () => {
  expect(rounded(1.23456, 2)).toBe(1.23)
})

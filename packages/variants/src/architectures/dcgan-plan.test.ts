import { imageField, pointsField } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import { planDcgan } from './dcgan-plan.ts'

describe('planDcgan', () => {
  it.each([
    [28, 7, 2],
    [32, 4, 3],
    [40, 5, 3],
    [48, 6, 3],
    [56, 7, 3],
    [64, 4, 4],
  ])('reaches %d pixels from %d by %d doublings', (size, baseSize, doublings) => {
    expect(planDcgan(imageField([size, size, 3]))).toEqual({ channels: 3, baseSize, doublings })
  })

  it.each([30, 50, 7, 1])('refuses %d pixels, with both shapes and sizes that work', (size) => {
    expect(() => planDcgan(imageField([size, size, 3]))).toThrow(
      new RegExp(`\\[${size},${size},3\\].*halves only to \\[.*--size \\d+`),
    )
  })

  it('refuses what is no square image', () => {
    expect(() => planDcgan(imageField([28, 32, 1]))).toThrow(/square images.*\[28,32,1\].*--size/)
    expect(() => planDcgan(pointsField([2]))).toThrow(/shape \[2\].*'vanilla'/)
  })
})

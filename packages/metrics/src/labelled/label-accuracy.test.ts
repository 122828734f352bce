import { describe, expect, test } from 'vitest'
import { labelAccuracy } from './label-accuracy.ts'

describe('labelAccuracy', () => {
  test('is the share of samples that are what they were asked to be, of all and by class', () => {
    const { accuracy, perClass } = labelAccuracy(Int32Array.of(0, 1, 1, 2, 0), Int32Array.of(0, 1, 0, 2, 0), 4)
    expect(accuracy).toBe(4 / 5)
    expect([...perClass]).toEqual([2 / 3, 1, 1, Number.NaN])
  })

  test('refuses labels that do not belong to the samples, or to no class', () => {
    expect(() => labelAccuracy(Int32Array.of(0), Int32Array.of(0, 1), 2)).toThrow(
      '1 sample classified, but 2 labels asked for',
    )
    expect(() => labelAccuracy(Int32Array.of(0), Int32Array.of(2), 2)).toThrow('there are 2 classes')
    expect(() => labelAccuracy(Int32Array.of(0), Int32Array.of(-1), 2)).toThrow('is -1')
  })
})

import { float32, type Part } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import { interpolated } from './interpolate.ts'

const generator: Part = { kernel: { trained: 'generator/kernel', average: 'generatorEma/kernel' } }
const common = { variant: 'esrgan', dataset: 'photos', seed: 1, position: { step: 9, phase: 0, scalars: {} } }
const own = {
  ...common,
  parts: { generator, discriminator: { kernel: { trained: 'discriminator/kernel' } } },
  state: {
    'generator/kernel': float32([2], [1, 2]),
    'generatorEma/kernel': float32([2], [3, 4]),
    'generator/adam/m/kernel': float32([2], [7, 7]),
    'discriminator/kernel': float32([1], [5]),
  },
}
const pixels = {
  ...common,
  parts: { generator },
  state: { 'generator/kernel': float32([2], [11, -2]), 'generatorEma/kernel': float32([2], [13, 0]) },
}
const request = { own, other: pixels, owner: 'runs/pixels' }

describe('interpolated', () => {
  it('has the weights between both in the parts that both have, and the rest as it is', () => {
    expect(interpolated({ ...request, share: 0.75 })).toEqual({
      ...own.state,
      'generator/kernel': float32([2], [3.5, 1]),
      'generatorEma/kernel': float32([2], [5.5, 3]),
    })
    expect(interpolated({ ...request, share: 1 })).toEqual(own.state)
    expect(interpolated({ ...request, share: 0 })).toEqual({ ...own.state, ...pixels.state })
  })

  it('takes weights as trained where the other keeps no average', () => {
    const plain = { ...pixels, parts: { generator: { kernel: { trained: 'generator/kernel' } } } }
    const { 'generatorEma/kernel': average } = interpolated({ ...request, other: plain, share: 0.5 })
    expect(average).toEqual(float32([2], [7, 1]))
  })

  it.each([
    [1.5, {}, /between 0 and 1, not at 1\.5/],
    [Number.NaN, {}, /not at NaN/],
    [0.5, { parts: {} }, /runs\/pixels \(esrgan\) has no part that the run \(esrgan\) has/],
    [
      0.5,
      { state: { ...pixels.state, 'generator/kernel': float32([3], [1, 2, 3]) } },
      /'kernel' is float32\[3\] there but float32\[2\] here/,
    ],
    [
      0.5,
      { parts: { generator: { ...generator, bias: { trained: 'generator/kernel' } } } },
      /'bias' is float32\[2\] there but missing here/,
    ],
  ])('refuses %f of %j', (share, changes, message) => {
    expect(() => interpolated({ ...request, other: { ...pixels, ...changes }, share })).toThrow(
      expect.objectContaining({ code: 'INTERPOLATION_INVALID', message: expect.stringMatching(message) }),
    )
  })
})

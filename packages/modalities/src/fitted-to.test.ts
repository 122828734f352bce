import { imageField, type NDArray, ndarray, type Port } from '@gantry/core'
import { expect, it } from 'vitest'
import { besideOf } from './beside.ts'
import { fittedTo } from './fitted-to.ts'

const images = ndarray('float32', [1, 4, 4, 1], new Float32Array(16).fill(0.5))
const small: Port = { ...imageField([2, 2, 1]), field: 'image', reduced: 2 }
const numbers = ({ data }: NDArray) => [...(data as Float32Array)]

it('brings images of the data to the size of what takes or imitates smaller ones', () => {
  const fitted = fittedTo(small, images)
  expect(fitted.shape).toEqual([1, 2, 2, 1])
  for (const value of numbers(fitted)) expect(value).toBeCloseTo(0.5, 6)
  expect(fittedTo({ ...small, reduced: 1 }, images)).toBe(images)
})

it('leaves everything else as it is', () => {
  const points = ndarray('float32', [2, 2], new Float32Array(4))
  expect(fittedTo({ modality: 'points', dtype: 'float32', shape: [2], field: 'points' }, points)).toBe(points)
})

it('lays real images beside smaller ones at their size', () => {
  const made = { field: small, values: ndarray('float32', [1, 2, 2, 1], new Float32Array(4)) }
  const beside = besideOf({ samples: made }, { given: {}, inputs: {}, real: { image: images } })
  expect(beside.samples!.values.shape).toEqual([1, 2, 2, 1])
})

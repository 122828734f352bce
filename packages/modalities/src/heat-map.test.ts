import { ndarray } from '@gantry/core'
import { expect, it } from 'vitest'
import { heatMaps } from './heat-map.ts'

it('is black at nothing, light at the largest, and in between in proportion, over all images', () => {
  const { shape, data } = heatMaps(ndarray('float32', [2, 1, 2, 2], Float32Array.of(0, 0, 1, 3, 1, 1, 4, 4)))
  expect(shape).toEqual([2, 1, 2, 3])
  const bytes = Array.from(data, (value) => Math.round((value + 1) * 127.5))
  // Means 0, 2, 1 and 4, of which 4 is the largest.
  expect(bytes).toEqual([...[0, 0, 4], ...[188, 55, 84], ...[87, 16, 110], ...[252, 255, 164]])
})

it('of no difference at all is black', () => {
  expect(
    new Set(heatMaps(ndarray('float32', [1, 1, 2, 1])).data.map((value) => Math.round((value + 1) * 127.5))),
  ).toEqual(new Set([0, 4]))
})

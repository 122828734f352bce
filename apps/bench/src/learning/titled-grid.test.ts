import { ndarray } from '@gantry/core'
import { decodePng } from '@gantry/modalities'
import { expect, it } from 'vitest'
import { titledGrid } from './titled-grid.ts'

/** Images of one colour each. */
const plain = (...values: number[]) =>
  ndarray('uint8', [values.length, 40, 40, 1], Uint8Array.from(values.flatMap((value) => Array(1600).fill(value))))

it('lays columns below their titles, and beside each other where there are many rows', async () => {
  const whole = decodePng(
    await titledGrid({ source: plain(...Array(8).fill(50)), output: plain(...Array(8).fill(90)) }),
  )
  const { width, height, channels, data } = whole
  // Two titles above four rows of two cells with two images each.
  expect([width, height]).toEqual([2 * (2 * 42 + 8) - 10 + 4, 16 + 4 + 4 * 42 + 2])
  const at = (left: number, top: number) => data[(top * width + left) * channels]!
  expect([2, 44, 94, 136].map((left) => at(left + 20, 22 + 20))).toEqual([50, 90, 50, 90])
  const lit = (left: number) =>
    Math.max(...Array.from({ length: 40 * 16 }, (_, index) => at(left + (index % 40), 2 + Math.floor(index / 40))))
  for (const left of [2, 44, 94, 136]) expect(lit(left)).toBeGreaterThan(200)
})

import { ndarray } from '@gantry/core'
import { expect, it } from 'vitest'
import { coarsePixels } from './coarse-pixels.ts'

it('are the pixels themselves of a small image', () => {
  const images = ndarray('float32', [2, 2, 2, 1], Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8))
  expect(coarsePixels(images)).toEqual({ rows: 2, columns: 4, data: Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8) })
})

it('are means of cells, channel by channel, whatever the size divides by', () => {
  const [height, width] = [28, 40]
  const value = (y: number, x: number, channel: number) => 100 * y + x + 0.5 * channel
  const data = Float32Array.from({ length: height * width * 2 }, (_, at) => {
    const pixel = Math.floor(at / 2)
    return value(Math.floor(pixel / width), pixel % width, at % 2)
  })
  const { columns, data: cells } = coarsePixels(ndarray('float32', [1, height, width, 2], data))
  expect(columns).toBe(16 * 16 * 2)
  const own = (of: number, length: number) =>
    [...Array(length).keys()].filter((pixel) => Math.floor((pixel * 16) / length) === of)
  const mean = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length
  for (const [row, column, channel] of [
    [0, 0, 0],
    [3, 7, 1],
    [15, 15, 0],
  ] as const) {
    const expected = value(mean(own(row, height)), mean(own(column, width)), channel)
    expect(cells[(row * 16 + column) * 2 + channel]).toBeCloseTo(expected, 6)
  }
})

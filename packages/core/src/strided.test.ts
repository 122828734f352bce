import { describe, expect, it } from 'vitest'
import { float32, sizeOfShape } from './index.ts'
import { gatherStrided, rowMajorStrides, type StridedRun, visitRuns } from './strided.ts'

/** Where the element number `index` of a shape lies: by division, one axis after another. */
function offsetOf(index: number, shape: readonly number[], strides: readonly number[], start: number): number {
  return rowMajorStrides(shape).reduce(
    (sum, stride, axis) => sum + (Math.floor(index / stride) % shape[axis]!) * strides[axis]!,
    start,
  )
}

/** [shape, strides of two arrays, where they start] */
// biome-ignore format: a case a line
const CASES = [
  [[], [[], []], [3, 0]],
  [[1, 1], [[5, 7], [0, 0]], [1, 2]],
  [[4], [[1], [3]], [0, 1]],
  [[2, 3, 4], [[12, 4, 1], [12, 4, 1]], [0, 0]],
  [[2, 3, 4], [[12, 4, 1], [1, 2, 6]], [0, 0]],
  [[2, 3, 4], [[12, 4, 1], [0, 0, 0]], [0, 9]],
  [[2, 3, 4], [[12, 4, 1], [0, 4, 1]], [2, 0]],
  [[3, 1, 2, 5], [[10, 10, 5, 1], [1, 3, 3, 6]], [0, 0]],
  [[2, 2, 2, 2], [[1, 2, 4, 8], [8, 0, 2, 0]], [0, 1]],
  [[3, 4], [[-4, 1], [4, -1]], [8, 3]],
  [[2, 0, 3], [[0, 3, 1], [0, 3, 1]], [0, 0]],
] as const

describe('runs', () => {
  it.each(CASES)('of %j with strides %j from %j visit every element once, in order', (shape, strides, starts) => {
    const visited: number[][] = []
    const visit = ({ index, length, offsets, steps }: StridedRun) => {
      for (let at = 0; at < length; at++) {
        visited.push([index + at, ...offsets.map((offset, array) => offset + at * steps[array]!)])
      }
    }
    visitRuns(shape, strides, visit, starts)
    const expected = Array.from({ length: sizeOfShape(shape) }, (_, index) => [
      index,
      ...strides.map((own, array) => offsetOf(index, shape, own, starts[array]!)),
    ])
    expect(visited).toEqual(expected)
  })

  // biome-ignore format: a case a line
  it.each([
    ['everything where all arrays lie in order', [2, 3, 4], [[12, 4, 1], [12, 4, 1]], 1],
    ['a row where one repeats along it', [2, 3, 4], [[12, 4, 1], [0, 0, 1]], 6],
    ['a block where one repeats along the first axis', [2, 3, 4], [[12, 4, 1], [0, 4, 1]], 2],
    ['everything where axes of one stand between', [2, 1, 4, 1], [[4, 4, 1, 1]], 1],
  ] as const)('are as long as they can be: %s', (_, shape, strides, count) => {
    let runs = 0
    visitRuns(shape, strides, () => runs++)
    expect(runs).toBe(count)
  })
})

it('gathers elements from anywhere', () => {
  const from = float32(
    [24],
    Array.from({ length: 24 }, (_, index) => index),
  ).data
  expect([...gatherStrided(from, new Float32Array(6), [3, 2], [1, 3], 4)]).toEqual([4, 7, 5, 8, 6, 9])
  expect([...gatherStrided(from, new Float32Array(6), [2, 3], [0, 5])]).toEqual([0, 5, 10, 0, 5, 10])
})

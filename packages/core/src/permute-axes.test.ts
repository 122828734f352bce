import { expect, it } from 'vitest'
import { ndarray } from './ndarray.ts'
import { invertPermutation, permuteAxes } from './permute-axes.ts'

it.each([[[0, 3, 1, 2]], [[3, 2, 0, 1]], [[0, 1, 2, 3]], [[2, 0, 3, 1]]])(
  'moves every element to its place under %j, and back',
  (permutation) => {
    const array = ndarray(
      'int32',
      [2, 3, 4, 5],
      Int32Array.from({ length: 120 }, (_, index) => index),
    )
    const moved = permuteAxes(array, permutation)
    const inverse = invertPermutation(permutation)
    const [rows, columns, depth, width] = moved.shape as [number, number, number, number]
    let place = 0
    for (let a = 0; a < rows; a++)
      for (let b = 0; b < columns; b++)
        for (let c = 0; c < depth; c++)
          for (let d = 0; d < width; d++) {
            const own = [a, b, c, d]
            const [i, j, k, l] = inverse.map((axis) => own[axis]!) as [number, number, number, number]
            expect(moved.data[place++]).toBe(((i * 3 + j) * 4 + k) * 5 + l)
          }
    expect(permuteAxes(moved, inverse)).toEqual(array)
  },
)

it('copies scalars and empty arrays', () => {
  expect(permuteAxes(ndarray('float32', [], Float32Array.of(3)), [])).toEqual(
    ndarray('float32', [], Float32Array.of(3)),
  )
  expect(permuteAxes(ndarray('float32', [0, 2]), [1, 0]).shape).toEqual([2, 0])
})

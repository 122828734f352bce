import { describe, expect, it } from 'vitest'
import { broadcastShapes, invert, isIdentity, permute, permuteData } from './layout.ts'

describe('layouts', () => {
  it('moves every element to the place of its permuted index', () => {
    const shape = [2, 3, 4, 5]
    const data = Float32Array.from({ length: 120 }, (_, index) => index)
    for (const permutation of [
      [0, 3, 1, 2],
      [3, 2, 0, 1],
      [0, 1, 2, 3],
      [2, 0, 3, 1],
    ]) {
      const moved = permuteData(data, shape, permutation, new Float32Array(120))
      const sizes = permute(shape, permutation)
      let place = 0
      for (let a = 0; a < sizes[0]!; a++)
        for (let b = 0; b < sizes[1]!; b++)
          for (let c = 0; c < sizes[2]!; c++)
            for (let d = 0; d < sizes[3]!; d++) {
              const logical = permute([a, b, c, d], invert(permutation))
              const [i, j, k, l] = logical as [number, number, number, number]
              expect(moved[place++]).toBe(((i * 3 + j) * 4 + k) * 5 + l)
            }
      const sizesBack = invert(permutation)
      expect([...permuteData(moved, sizes, sizesBack, new Float32Array(120))]).toEqual([...data])
    }
  })

  it('inverts and broadcasts', () => {
    expect(isIdentity(permute([0, 3, 1, 2], invert([0, 3, 1, 2])))).toBe(true)
    expect(broadcastShapes([[4, 1, 3], [5, 1], []])).toEqual([4, 5, 3])
    expect(
      broadcastShapes([
        [0, 3],
        [1, 3],
      ]),
    ).toEqual([0, 3])
  })
})

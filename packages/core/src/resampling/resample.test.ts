import { describe, expect, it } from 'vitest'
import { float32 } from '../ndarray.ts'
import pillow from '../testing/fixtures/pillow-bicubic.json' with { type: 'json' }
import { pilBicubicTaps } from './pil-bicubic.ts'
import { resample } from './resample.ts'
import { toMatrix } from './taps.ts'

/** The image that `pillow-bicubic.py` makes, too. */
function pixels([width, height]: readonly number[]) {
  const values = Array.from({ length: width! * height! }, (_, index) => {
    const [x, y] = [index % width!, Math.floor(index / width!)]
    return 40 + ((37 * x + 101 * y + 7 * x * y) % 176)
  })
  return float32([1, height!, width!, 1], values)
}

const largest = (left: ArrayLike<number>, right: readonly number[]) =>
  Math.max(...right.map((value, index) => Math.abs(left[index]! - value)))

describe.each(pillow.cases)("Pillow's bicubic resize of $from to $to", ({ from, to, float, bytes }) => {
  const { data } = resample(pixels(from), [to[1]!, to[0]!], pilBicubicTaps)

  it('is ours in floating point', () => {
    expect(data).toHaveLength(float.length)
    expect(largest(data, float)).toBeLessThanOrEqual(1e-4)
  })

  it('is ours within a level where it rounds after each axis', () => {
    const rounded = data.map((value) => Math.min(255, Math.max(0, Math.round(value))))
    expect(largest(rounded, bytes)).toBeLessThanOrEqual(1)
  })

  it('is a product with the matrices of its taps', () => {
    const [given, rows, columns] = [
      pixels(from).data,
      toMatrix(pilBicubicTaps(from[1]!, to[1]!)),
      toMatrix(pilBicubicTaps(from[0]!, to[0]!)),
    ]
    const product = float.map((_, index) => {
      const [x, y] = [index % to[0]!, Math.floor(index / to[0]!)]
      return given.reduce((sum, value, place) => {
        const [column, row] = [place % from[0]!, Math.floor(place / from[0]!)]
        return sum + value * rows[y * from[1]! + row]! * columns[x * from[0]! + column]!
      }, 0)
    })
    expect(largest(data, product)).toBeLessThanOrEqual(1e-3)
  })
})

import '@tensorflow/tfjs-backend-cpu'
import { setBackend, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core'
import { beforeAll, expect, it } from 'vitest'
import { moving } from './affine.ts'
import { warp } from './warp.ts'

beforeAll(() => setBackend('cpu'))

const [height, width] = [4, 5]
const values = Array.from({ length: height * width }, (_, index) => Math.sin(7 * index))
const one = (value: number): Tensor => tensor([value], [1, 1, 1])
const shown = (map: Parameters<typeof warp>[1]) =>
  tidy(() => [...warp(tensor(values, [1, height, width, 1]), map).dataSync()])

// The filter is orthogonal: enlarged and reduced by it, pixels are what they were.
it('leaves pixels as they are that are only moved', () => {
  for (const [index, value] of shown(moving(one(0), one(0))).entries()) expect(value).toBeCloseTo(values[index]!, 5)
  const moved = shown(moving(one(1), one(-1)))
  for (const [row, column] of [
    [1, 0],
    [3, 3],
    [2, 2],
  ] as const) {
    expect(moved[row * width + column]).toBeCloseTo(values[(row - 1) * width + column + 1]!, 2)
  }
})

it('finds a pixel even far away, where the image is mirrored again and again', () => {
  for (const value of shown(moving(one(1000.3), one(-777.7)))) expect(Math.abs(value)).toBeLessThan(2)
})

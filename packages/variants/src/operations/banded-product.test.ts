import '@tensorflow/tfjs-backend-cpu'
import { RandomStream } from '@gantry/core'
import { installGradients } from '@gantry/tfjs'
import { grad, matMul, pow, reshape, setBackend, square, sum, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core'
import { beforeAll, expect, it } from 'vitest'
import { bandedProduct } from './banded-product.ts'

beforeAll(async () => {
  await setBackend('cpu')
  installGradients()
})

const random = (name: string, size: number) => new RandomStream(1, name).fillNormal(new Float32Array(size))

/** Of three numbers a row, which go from the first to the last column, or from the last to the first. */
function banded(rows: number, columns: number, isReversed: boolean) {
  const values = new Float32Array(rows * columns)
  for (let row = 0; row < rows; row++) {
    const middle = Math.round(((isReversed ? rows - 1 - row : row) / Math.max(1, rows - 1)) * (columns - 1))
    for (const column of [middle - 1, middle, middle + 2]) {
      if (column >= 0 && column < columns) values[row * columns + column] = Math.sin(1 + row * columns + column)
    }
  }
  return { rows, columns, values }
}

it.each([
  [64, 32, false],
  [31, 62, false],
  [257, 129, true],
  [37, 5, false],
  [1, 70, false],
])('is the product with the whole matrix of %i×%i, and so are its slopes and theirs', (rows, columns, isReversed) => {
  const matrix = banded(rows, columns, isReversed)
  tidy(() => {
    const x = tensor(random('x', 2 * columns * 3), [2, columns, 3])
    const whole = (own: Tensor) => matMul(tensor(matrix.values, [1, rows, columns]), own)
    const curved = (product: (own: Tensor) => Tensor) => (own: Tensor) => sum(pow(product(own), 3))
    const penalty = (product: (own: Tensor) => Tensor) => (own: Tensor) => sum(square(grad(curved(product))(own)))
    const results = [whole, (own: Tensor) => bandedProduct(matrix, own)].map((product) => [
      product(x),
      grad(curved(product))(x),
      grad(penalty(product))(x),
    ])
    for (const [order, expected] of results[0]!.entries()) {
      const made = results[1]![order]!
      expect(made.shape).toEqual(expected.shape)
      const scale = Math.max(...expected.dataSync().map(Math.abs))
      const [left, right] = [made, expected].map((own) => reshape(own, [-1]).dataSync())
      for (const [index, value] of left!.entries()) {
        expect(Math.abs(value - right![index]!) / scale).toBeLessThanOrEqual(1e-5)
      }
    }
  })
})

import { matMul, reshape, type Tensor, tensor, transpose } from '@tensorflow/tfjs-core'
import { type BandedMatrix, bandedProduct } from './banded-product.ts'

/**
 * Images whose rows and columns are filtered, each axis by a constant matrix: [batch, height, width, channels] to [batch, rows
 * of the first, rows of the second, channels].
 *
 * With space first, as convolutions of a compiled step lie, neither product needs a transpose, and however a filter moves, every
 * derivative is a product with the transpose of the same matrix.
 */
export function filtered(images: Tensor, vertical: BandedMatrix, horizontal: BandedMatrix): Tensor {
  const [, height, width, channels] = images.shape as [number, number, number, number]
  const spaceFirst = transpose(images, [1, 2, 0, 3])
  const down = product(vertical, reshape(spaceFirst, [height, -1]))
  const across = product(horizontal, reshape(down, [vertical.rows, width, -1]))
  return transpose(reshape(across, [vertical.rows, horizontal.rows, -1, channels]), [2, 0, 1, 3])
}

/** Pixels of a row beyond which a product with the whole matrix, nearly all zeros, takes longer than one by blocks. */
const LONG = 128

/** M·x, of [columns, inner] or [outer, columns, inner]. */
function product(matrix: BandedMatrix, x: Tensor): Tensor {
  const { rows, columns, values } = matrix
  if (Math.max(rows, columns) > LONG) return bandedProduct(matrix, reshape(x, [-1, columns, x.shape.at(-1)!]))
  const whole = tensor(values, [rows, columns])
  return matMul(x.rank === 2 ? whole : reshape(whole, [1, rows, columns]), x)
}

import { matMul, reshape, type Tensor, transpose } from '@tensorflow/tfjs-core'

/**
 * Images whose rows and columns become sums of their own: every image by its own two matrices.
 *
 * @param images [batch, height, width, channels]
 * @param rows [batch, height, height]: a row of it makes a row
 * @param columns [batch, width, width]
 */
export function axisProducts(images: Tensor, rows: Tensor, columns: Tensor): Tensor {
  const [batch, height, width, channels] = images.shape as [number, number, number, number]
  const made = reshape(matMul(rows, reshape(images, [batch, height, width * channels])), images.shape)
  const turned = reshape(transpose(made, [0, 2, 1, 3]), [batch, width, height * channels])
  return transpose(reshape(matMul(columns, turned), [batch, width, height, channels]), [0, 2, 1, 3])
}

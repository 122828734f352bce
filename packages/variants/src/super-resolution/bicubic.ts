import { pilBicubicTaps, toMatrix } from '@gantry/core'
import { clipByValue, matMul, reshape, type Tensor, tensor } from '@tensorflow/tfjs-core'

/**
 * Images reduced as Pillow reduces them (antialiased bicubic, a = -0.5), within [-1, 1]: a product with a constant matrix an axis. The
 * papers make their low resolution so, by MATLAB's `imresize`; nothing is rounded to 8 bits.
 *
 * @param images [batch, height, width, channels]
 */
export function reduceImages(images: Tensor, factor: number): Tensor {
  const [batch, height, width, channels] = images.shape as [number, number, number, number]
  const [low, narrow] = [height / factor, width / factor]
  const rows = matMul(matrix(height, low), reshape(images, [batch, height, width * channels]))
  const columns = matMul(matrix(width, narrow), reshape(rows, [batch * low, width, channels]))
  return clipByValue(reshape(columns, [batch, low, narrow, channels]), -1, 1)
}

/** [1, outputs, inputs], for every image of a batch. */
function matrix(inputs: number, outputs: number): Tensor {
  return tensor(toMatrix(pilBicubicTaps(inputs, outputs)), [1, outputs, inputs])
}

import { add, mean, mul, rsqrt, serialization, square, type Tensor } from '@tensorflow/tfjs-core'
import { layers } from '@tensorflow/tfjs-layers'
import { oneTensor } from './one-tensor.ts'

const EPSILON = 1e-8

/**
 * Pixelwise feature vector normalization (Karras et al. 2018, section 4.2): y = x/√(mean over the channels of x² + 1e-8), at
 * every pixel of every sample by itself. Nothing is learned. Input [batch, …, channels].
 */
export class PixelNormalization extends layers.Layer {
  static readonly className = 'PixelNormalization'

  override computeOutputShape(inputShape: number[]): number[] {
    return inputShape
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const input = oneTensor(inputs)
    return mul(input, rsqrt(add(mean(square(input), -1, true), EPSILON)))
  }
}

serialization.registerClass(PixelNormalization)

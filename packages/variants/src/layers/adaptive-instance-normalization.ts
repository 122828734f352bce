import { add, mean, mul, reshape, rsqrt, serialization, split, square, sub, type Tensor } from '@tensorflow/tfjs-core'
import { layers } from '@tensorflow/tfjs-layers'

const EPSILON = 1e-8

/**
 * Adaptive instance normalization (Karras et al. 2019, equation 1): every channel of every sample brought to mean 0 and spread 1 over its
 * pixels, then scaled and moved by its style: (1 + y₁)·(x - μ)/√(σ² + 1e-8) + y₂. The 1 is of the authors' code.
 *
 * Inputs [batch, height, width, channels] and styles [batch, 2·channels], scales first.
 */
export class AdaptiveInstanceNormalization extends layers.Layer {
  static readonly className = 'AdaptiveInstanceNormalization'

  override computeOutputShape(inputShapes: number[] | number[][]): number[] {
    return (inputShapes as number[][])[0]!
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const [images, styles] = inputs as [Tensor, Tensor]
    const centered = sub(images, mean(images, [1, 2], true))
    const normalized = mul(centered, rsqrt(add(mean(square(centered), [1, 2], true), EPSILON)))
    const [scales, offsets] = split(styles, 2, 1) as [Tensor, Tensor]
    const ofChannels = (values: Tensor) => reshape(values, [-1, 1, 1, images.shape[3]!])
    return add(mul(normalized, ofChannels(add(scales, 1))), ofChannels(offsets))
  }
}

serialization.registerClass(AdaptiveInstanceNormalization)

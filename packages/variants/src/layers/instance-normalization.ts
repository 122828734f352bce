import { add, mean, mul, rsqrt, serialization, square, sub, type Tensor } from '@tensorflow/tfjs-core'
import { initializers, type LayerVariable, layers } from '@tensorflow/tfjs-layers'
import { oneTensor } from './one-tensor.ts'

const EPSILON = 1e-5

/**
 * Instance normalization (Ulyanov et al. 2016) of images of any size: every channel of every sample by itself, over its pixels,
 * y = γ·(x - μ)/√(σ² + 1e-5) + β. The same as `GroupNormalization` with a group a channel. Input [batch, height, width, channels].
 */
export class InstanceNormalization extends layers.Layer {
  static readonly className = 'InstanceNormalization'
  #gamma: LayerVariable | undefined
  #beta: LayerVariable | undefined

  override build(inputShape: number[]): void {
    const channels = inputShape.at(-1)!
    this.#gamma = this.addWeight('gamma', [channels], 'float32', initializers.ones())
    this.#beta = this.addWeight('beta', [channels], 'float32', initializers.zeros())
    this.built = true
  }

  override computeOutputShape(inputShape: number[]): number[] {
    return inputShape
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const input = oneTensor(inputs)
    const centered = sub(input, mean(input, [1, 2], true))
    const normalized = mul(centered, rsqrt(add(mean(square(centered), [1, 2], true), EPSILON)))
    return add(mul(normalized, this.#gamma!.read()), this.#beta!.read())
  }
}

serialization.registerClass(InstanceNormalization)

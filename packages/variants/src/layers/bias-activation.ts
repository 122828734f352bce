import { add, leakyRelu, mul, serialization, type Tensor } from '@tensorflow/tfjs-core'
import { initializers, type LayerVariable, layers } from '@tensorflow/tfjs-layers'
import { oneTensor } from './one-tensor.ts'

const SLOPE = 0.2

interface BiasActivationConfig {
  readonly name?: string
  /** That the input already has: √2 by default, which makes up for what the activation takes. */
  readonly gain?: number
  /** Biases move so many times as fast as other weights; 1 by default. */
  readonly learningRateMultiplier?: number
}

/**
 * A bias a channel and a leaky ReLU of slope 0.2 with a gain (Karras et al. 2020, appendix B: `bias_act`): gain·lrelu(x + b).
 *
 * A positive gain passes through the activation. So what comes before it multiplies its kernel by the gain, once a step, and here only
 * the bias is: lrelu(gain·x + gain·b). Input gain·x, [batch, …, channels].
 */
export class BiasActivation extends layers.Layer {
  static readonly className = 'BiasActivation'
  readonly #gain: number
  readonly #rate: number
  #bias: LayerVariable | undefined

  constructor({ gain, learningRateMultiplier, ...own }: BiasActivationConfig) {
    super(own as ConstructorParameters<typeof layers.Layer>[0])
    this.#gain = gain ?? Math.SQRT2
    this.#rate = learningRateMultiplier ?? 1
  }

  override build(inputShape: number[]): void {
    this.#bias = this.addWeight('bias', [inputShape.at(-1)!], 'float32', initializers.zeros())
    this.built = true
  }

  override computeOutputShape(inputShape: number[]): number[] {
    return inputShape
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return leakyRelu(add(oneTensor(inputs), mul(this.#bias!.read(), this.#gain * this.#rate)), SLOPE)
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), gain: this.#gain, learningRateMultiplier: this.#rate }
  }
}

serialization.registerClass(BiasActivation)

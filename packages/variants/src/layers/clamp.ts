import { clipByValue, serialization, type Tensor } from '@tensorflow/tfjs-core'
import { layers } from '@tensorflow/tfjs-layers'
import { oneTensor } from './one-tensor.ts'

interface ClampConfig {
  readonly name?: string
  /** Largest absolute value. */
  readonly limit: number
}

/**
 * Keeps values between -limit and limit: what lets maps be computed at half precision without an overflow (Karras et al. 2020, Training
 * GANs with Limited Data, appendix D.1). Nothing is learned.
 */
export class Clamp extends layers.Layer {
  static readonly className = 'Clamp'
  readonly #limit: number

  constructor({ limit, ...own }: ClampConfig) {
    super(own as ConstructorParameters<typeof layers.Layer>[0])
    this.#limit = limit
  }

  override computeOutputShape(inputShape: number[]): number[] {
    return inputShape
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return clipByValue(oneTensor(inputs), -this.#limit, this.#limit)
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), limit: this.#limit }
  }
}

serialization.registerClass(Clamp)

import { broadcastTo, serialization, type Tensor } from '@tensorflow/tfjs-core'
import { initializers, type LayerVariable, layers } from '@tensorflow/tfjs-layers'
import { oneTensor } from './one-tensor.ts'

interface LearnedConstantConfig {
  readonly name?: string
  /** [height, width, channels] */
  readonly shape: readonly number[]
  /** Draws the first numbers. */
  readonly seed?: number
}

/**
 * An image that is learned, the same for every sample (Karras et al. 2019, section 2), N(0, 1) at first: one that begins with ones, as the
 * authors' first has it, leaves a normalization nothing but rounding. The input tells how many samples there are.
 */
export class LearnedConstant extends layers.Layer {
  static readonly className = 'LearnedConstant'
  readonly #shape: number[]
  readonly #seed: number
  #constant: LayerVariable | undefined

  constructor({ shape, seed, ...own }: LearnedConstantConfig) {
    super(own as ConstructorParameters<typeof layers.Layer>[0])
    this.#shape = [...shape]
    this.#seed = seed ?? 0
  }

  override build(): void {
    const normal = initializers.randomNormal({ mean: 0, stddev: 1, seed: this.#seed })
    this.#constant = this.addWeight('constant', this.#shape, 'float32', normal)
    this.built = true
  }

  override computeOutputShape([batch]: number[]): number[] {
    return [batch!, ...this.#shape]
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return broadcastTo(this.#constant!.read(), [oneTensor(inputs).shape[0]!, ...this.#shape])
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), shape: this.#shape, seed: this.#seed }
  }
}

serialization.registerClass(LearnedConstant)

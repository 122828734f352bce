import { drawNormal } from '@gantry/tfjs'
import { add, mul, reshape, serialization, type Tensor } from '@tensorflow/tfjs-core'
import { initializers, type LayerVariable, layers } from '@tensorflow/tfjs-layers'

interface PixelNoiseConfig {
  readonly name?: string
  /** Name under which it is drawn, the same in every process. */
  readonly noise: string
  /** That the image already has; 1 by default. */
  readonly gain?: number
  /** Whether every channel has a strength of its own (Karras et al. 2019), or all have one (Karras et al. 2020). */
  readonly perChannel?: boolean
}

/**
 * Noise with a learned strength, from 0 (Karras et al. 2019, section 2): one normal number a pixel, the same for all channels.
 *
 * Inputs [batch, height, width, channels] and how much of it there is, [batch, 1]: 1 in training.
 */
export class PixelNoise extends layers.Layer {
  static readonly className = 'PixelNoise'
  readonly #noise: string
  readonly #gain: number
  readonly #perChannel: boolean
  #strength: LayerVariable | undefined

  constructor({ noise, gain, perChannel, ...own }: PixelNoiseConfig) {
    super(own as ConstructorParameters<typeof layers.Layer>[0])
    this.#noise = noise
    this.#gain = gain ?? 1
    this.#perChannel = perChannel ?? false
  }

  override build(inputShapes: number[] | number[][]): void {
    const shape = this.#perChannel ? [(inputShapes as number[][])[0]!.at(-1)!] : []
    this.#strength = this.addWeight('strength', shape, 'float32', initializers.zeros())
    this.built = true
  }

  override computeOutputShape(inputShapes: number[] | number[][]): number[] {
    return (inputShapes as number[][])[0]!
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const [images, amount] = inputs as [Tensor, Tensor]
    const [batch, height, width] = images.shape as [number, number, number]
    const noise = mul(drawNormal(this.#noise, [batch, height, width, 1]), reshape(amount, [-1, 1, 1, 1]))
    return add(images, mul(noise, mul(this.#strength!.read(), this.#gain)))
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), noise: this.#noise, gain: this.#gain, perChannel: this.#perChannel }
  }
}

serialization.registerClass(PixelNoise)

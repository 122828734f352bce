import { addGaussianNoise, dropout } from '@gantry/tfjs'
import { type Scalar, serialization, type Tensor } from '@tensorflow/tfjs-core'
import { layers } from '@tensorflow/tfjs-layers'

interface NoiseLayerConfig {
  /**
   * Name under which the noise is drawn, such as `discriminator/dropout_1`. Unlike the layer's own name, which TF.js
   * numbers, it must be the same in every process: a run that is resumed draws by it.
   */
  readonly noise: string
  /** Whether there is noise out of training, too. */
  readonly always?: boolean
  readonly inputShape?: number[]
}

type CallArguments = Readonly<Record<string, unknown>>

/** A layer that changes its input by noise that the engine feeds: in training only, or always. */
abstract class NoiseLayer extends layers.Layer {
  protected readonly noise: string
  readonly #always: boolean

  constructor(config: NoiseLayerConfig) {
    super(config as ConstructorParameters<typeof layers.Layer>[0])
    this.noise = config.noise
    this.#always = config.always ?? false
  }

  protected abstract perturb(input: Tensor): Tensor

  override computeOutputShape(inputShape: number[]): number[] {
    return inputShape
  }

  override call(inputs: Tensor | Tensor[], { training }: CallArguments): Tensor {
    const input = Array.isArray(inputs) ? inputs[0]! : inputs
    return training || this.#always ? this.perturb(input) : input
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), noise: this.noise, ...(this.#always && { always: true }) }
  }
}

/**
 * Dropout whose mask is drawn at every step, also when the step is compiled. `tf.layers.dropout` draws in JavaScript, and
 * its mask would be frozen.
 */
export class NoiseDropout extends NoiseLayer {
  static readonly className = 'NoiseDropout'
  readonly #rate: number

  /** @param config `rate` in [0, 1): the share of numbers that become 0 */
  constructor(config: NoiseLayerConfig & { readonly rate: number }) {
    super(config)
    this.#rate = config.rate
  }

  protected override perturb(input: Tensor): Tensor {
    return dropout(input, this.#rate, this.noise)
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), rate: this.#rate }
  }
}

/**
 * Adds Gaussian noise in training: on a discriminator's input it is instance noise (Sønderby et al. 2017, section 4).
 *
 * A standard deviation that changes during training is a scalar variable of the model.
 */
export class NoiseGaussian extends NoiseLayer {
  static readonly className = 'NoiseGaussian'
  readonly #standardDeviation: number | Scalar

  constructor(config: NoiseLayerConfig & { readonly standardDeviation: number | Scalar }) {
    super(config)
    this.#standardDeviation = config.standardDeviation
  }

  protected override perturb(input: Tensor): Tensor {
    return addGaussianNoise(input, this.#standardDeviation, this.noise)
  }

  override getConfig(): serialization.ConfigDict {
    const own = this.#standardDeviation
    return { ...super.getConfig(), ...(typeof own === 'number' && { standardDeviation: own }) }
  }
}

serialization.registerClass(NoiseDropout)
serialization.registerClass(NoiseGaussian)

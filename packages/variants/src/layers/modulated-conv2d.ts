import { add, mul, serialization, type Tensor } from '@tensorflow/tfjs-core'
import { initializers, type LayerVariable, layers } from '@tensorflow/tfjs-layers'
import { modulatedConvolution } from '../operations/modulated-convolution.ts'

interface ModulatedConv2DConfig {
  readonly name?: string
  readonly filters: number
  readonly kernelSize: number
  /** Whether outputs are brought back to unit spread; true by default. */
  readonly demodulate?: boolean
  /** Twice as many pixels a side; false by default. */
  readonly up?: boolean
  /** Of the output: √2 where a leaky ReLU follows. Default 1. */
  readonly gain?: number
  readonly useBias?: boolean
  /** Draws the first kernel. */
  readonly seed?: number
}

/**
 * A convolution whose input channels are scaled by a style, with an equalized learning rate and, unless asked for, no bias:
 * see {@link modulatedConvolution}. Inputs [batch, height, width, channels] and styles [batch, channels].
 */
export class ModulatedConv2D extends layers.Layer {
  static readonly className = 'ModulatedConv2D'
  readonly #config: Required<Omit<ModulatedConv2DConfig, 'name'>>
  #kernel: LayerVariable | undefined
  #bias: LayerVariable | undefined
  #scale = 1

  constructor({ filters, kernelSize, demodulate, up, gain, useBias, seed, ...own }: ModulatedConv2DConfig) {
    super(own as ConstructorParameters<typeof layers.Layer>[0])
    this.#config = {
      ...{ filters, kernelSize, demodulate: demodulate ?? true, up: up ?? false },
      ...{ gain: gain ?? 1, useBias: useBias ?? false, seed: seed ?? 0 },
    }
  }

  override build(inputShapes: number[] | number[][]): void {
    const { filters, kernelSize, useBias, seed } = this.#config
    const inputs = (inputShapes as number[][])[0]!.at(-1)!
    const normal = initializers.randomNormal({ mean: 0, stddev: 1, seed })
    this.#scale = 1 / Math.sqrt(kernelSize ** 2 * inputs)
    this.#kernel = this.addWeight('kernel', [kernelSize, kernelSize, inputs, filters], 'float32', normal)
    if (useBias) this.#bias = this.addWeight('bias', [filters], 'float32', initializers.zeros())
    this.built = true
  }

  override computeOutputShape(inputShapes: number[] | number[][]): number[] {
    const [batch, height, width] = (inputShapes as number[][])[0]!
    const times = this.#config.up ? 2 : 1
    return [batch!, height! * times, width! * times, this.#config.filters]
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const [images, styles] = inputs as [Tensor, Tensor]
    const { demodulate, gain, up } = this.#config
    const kernel = mul(this.#kernel!.read(), this.#scale)
    const made = modulatedConvolution(images, kernel, styles, { demodulate, gain, up })
    return this.#bias ? add(made, this.#bias.read()) : made
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.#config }
  }
}

serialization.registerClass(ModulatedConv2D)

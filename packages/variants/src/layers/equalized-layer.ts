import { add, mul, type serialization, type Tensor } from '@tensorflow/tfjs-core'
import { initializers, type LayerVariable, layers } from '@tensorflow/tfjs-layers'
import type { KernelProduct } from './kernel-product.ts'
import { oneTensor } from './one-tensor.ts'

export interface EqualizedLayerConfig {
  /** √2 before a ReLU keeps the spread of what passes (He et al. 2015), 1 does where nothing follows. Default 1. */
  readonly gain?: number
  /** Weights and biases of this layer move so many times as fast as the others. Default 1. */
  readonly learningRateMultiplier?: number
  readonly useBias?: boolean
  /** What every bias is at first, as it is added. Default 0. */
  readonly initialBias?: number
  /** Draws the first kernel. */
  readonly seed?: number
  readonly name?: string
  readonly inputShape?: number[]
}

/**
 * A layer with an equalized learning rate (Karras et al. 2018, section 4.1): its kernel is drawn of N(0, 1), and multiplied by
 * gain·√(1/fan in) whenever it is used. Under an optimizer that divides by the gradients' size, all weights then learn as fast.
 *
 * A learning-rate multiplier λ (Karras et al. 2019, appendix C) draws the kernel of N(0, 1/λ²), and multiplies kernel and bias by λ
 * in use: the same function at first, and λ times as fast.
 */
export abstract class EqualizedLayer extends layers.Layer {
  readonly #config: Required<Pick<EqualizedLayerConfig, 'gain' | 'learningRateMultiplier' | 'initialBias'>> & {
    readonly useBias: boolean
    readonly seed: number
  }
  readonly #product: KernelProduct
  #kernel: LayerVariable | undefined
  #bias: LayerVariable | undefined
  #scale = 1

  constructor(
    { gain, learningRateMultiplier, useBias, initialBias, seed, ...own }: EqualizedLayerConfig,
    product: KernelProduct,
  ) {
    super(own as ConstructorParameters<typeof layers.Layer>[0])
    this.#product = product
    this.#config = {
      gain: gain ?? 1,
      learningRateMultiplier: learningRateMultiplier ?? 1,
      useBias: useBias ?? true,
      initialBias: initialBias ?? 0,
      seed: seed ?? 0,
    }
  }

  override computeOutputShape(inputShape: number[]): number[] {
    return this.#product.outputShape(inputShape)
  }

  override build(inputShape: number[]): void {
    const { gain, learningRateMultiplier: rate, useBias, initialBias, seed } = this.#config
    const shape = this.#product.kernelShape(inputShape.at(-1)!)
    const fanIn = shape.slice(0, -1).reduce((product, length) => product * length, 1)
    this.#scale = (gain * rate) / Math.sqrt(fanIn)
    const normal = initializers.randomNormal({ mean: 0, stddev: 1 / rate, seed })
    this.#kernel = this.addWeight('kernel', shape, 'float32', normal)
    if (useBias) {
      const constant = initializers.constant({ value: initialBias / rate })
      this.#bias = this.addWeight('bias', [shape.at(-1)!], 'float32', constant)
    }
    this.built = true
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const output = this.#product.multiply(oneTensor(inputs), mul(this.#kernel!.read(), this.#scale))
    return this.#bias ? add(output, scaled(this.#bias.read(), this.#config.learningRateMultiplier)) : output
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.#config, ...this.#product.config }
  }
}

/** Times 1 is no operation of the graph. */
function scaled(tensor: Tensor, factor: number): Tensor {
  return factor === 1 ? tensor : mul(tensor, factor)
}

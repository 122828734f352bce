import {
  add,
  div,
  matMul,
  reshape,
  type serialization,
  sqrt,
  square,
  sum,
  type Tensor,
  type Tensor2D,
  tidy,
} from '@tensorflow/tfjs-core'
import { initializers, type LayerVariable, layers } from '@tensorflow/tfjs-layers'
import type { KernelProduct } from './kernel-product.ts'
import { oneTensor } from './one-tensor.ts'

/** Power iterations before the first use, so that a network that was never trained is normalized, too. */
const FIRST_ITERATIONS = 16
const TINY = 1e-12

type Initializer = ReturnType<typeof initializers.glorotUniform>

export interface SpectralLayerConfig {
  readonly useBias?: boolean
  readonly kernelInitializer?: Initializer
  /** Draws the first u, and the kernel where there is no initializer. */
  readonly seed?: number
}

/**
 * A layer whose weights are divided by their largest singular value (Miyato et al. 2018, section 2.1 and algorithm 1).
 *
 * W is the kernel as a matrix of [outputs, everything else]. Every call in training takes one step of power iteration,
 * v ← Wᵀu/‖Wᵀu‖ and u ← Wv/‖Wv‖; σ = uᵀWv. Inference takes u and v as they are. Gradients flow through W in σ, but treat u
 * and v as constants.
 */
export abstract class SpectralLayer extends layers.Layer {
  readonly #config: Required<SpectralLayerConfig>
  readonly #product: KernelProduct
  #kernel: LayerVariable | undefined
  #bias: LayerVariable | undefined
  #u: LayerVariable | undefined
  #v: LayerVariable | undefined

  constructor({ useBias, kernelInitializer, seed, ...own }: SpectralLayerConfig, product: KernelProduct) {
    super(own as ConstructorParameters<typeof layers.Layer>[0])
    this.#product = product
    this.#config = {
      useBias: useBias ?? true,
      kernelInitializer: kernelInitializer ?? initializers.glorotUniform({ seed: seed ?? 0 }),
      seed: seed ?? 0,
    }
  }

  override computeOutputShape(inputShape: number[]): number[] {
    return this.#product.outputShape(inputShape)
  }

  override build(inputShape: number[]): void {
    const { useBias, kernelInitializer, seed } = this.#config
    const shape = this.#product.kernelShape(inputShape.at(-1)!)
    const outputs = shape.at(-1)!
    const others = shape.slice(0, -1).reduce((product, length) => product * length, 1)
    const normal = initializers.randomNormal({ mean: 0, stddev: 1, seed })
    this.#kernel = this.addWeight('kernel', shape, 'float32', kernelInitializer)
    if (useBias) this.#bias = this.addWeight('bias', [outputs], 'float32', initializers.zeros())
    this.#u = this.addWeight('u', [outputs], 'float32', normal, undefined, false)
    this.#v = this.addWeight('v', [others], 'float32', initializers.zeros(), undefined, false)
    tidy(() => {
      for (let iteration = 0; iteration < FIRST_ITERATIONS; iteration++) this.#iterate()
    })
    this.built = true
  }

  override call(inputs: Tensor | Tensor[], { training }: Readonly<Record<string, unknown>>): Tensor {
    if (training) this.#iterate()
    // Read after they were assigned, u and v are leaves of the tape, whatever they were computed from.
    const sigma = sum(matMul(matMul(row(this.#v!), this.#transposed()), row(this.#u!), false, true))
    const output = this.#product.multiply(oneTensor(inputs), div(this.#kernel!.read(), sigma))
    return this.#bias ? add(output, this.#bias.read()) : output
  }

  override getConfig(): serialization.ConfigDict {
    const { useBias, seed } = this.#config
    return { ...super.getConfig(), useBias, seed, ...this.#product.config }
  }

  /** Wᵀ: the outputs are the kernel's last axis. */
  #transposed(): Tensor2D {
    const kernel = this.#kernel!.read()
    return reshape(kernel, [-1, kernel.shape.at(-1)!])
  }

  #iterate(): void {
    const transposed = this.#transposed()
    const v = unit(matMul(row(this.#u!), transposed, false, true))
    this.#v!.write(reshape(v, this.#v!.shape as number[]))
    this.#u!.write(reshape(unit(matMul(v, transposed)), this.#u!.shape as number[]))
  }
}

function row(vector: LayerVariable): Tensor2D {
  return reshape(vector.read(), [1, -1])
}

function unit(vector: Tensor2D): Tensor2D {
  return div(vector, add(sqrt(sum(square(vector))), TINY))
}

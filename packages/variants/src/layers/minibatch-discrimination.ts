import {
  abs,
  concat,
  exp,
  expandDims,
  matMul,
  neg,
  reshape,
  serialization,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core'
import { initializers, type LayerVariable, layers } from '@tensorflow/tfjs-layers'
import { oneTensor } from './one-tensor.ts'

/** Numbers that each kernel compares, C in the paper; 5 as in the authors' code. */
const KERNEL_SIZE = 5

type Initializer = ReturnType<typeof initializers.glorotUniform>

/**
 * Minibatch discrimination (Salimans et al. 2016, section 3.2): M = f·T, c_b(xᵢ, xⱼ) = exp(-‖M_ib - M_jb‖₁) and
 * o(xᵢ)_b = Σⱼ c_b(xᵢ, xⱼ) say how close a sample is to the others of its batch (and, by 1, to itself).
 *
 * Features [batch, width] to [batch, width + kernels]: f, then o. Compares every pair: batch²·kernels·5 numbers.
 */
export class MinibatchDiscrimination extends layers.Layer {
  static readonly className = 'MinibatchDiscrimination'
  readonly #kernels: number
  readonly #initializer: Initializer
  #kernel: LayerVariable | undefined

  constructor(config: { readonly kernels: number; readonly kernelInitializer?: Initializer }) {
    const { kernels, kernelInitializer, ...own } = config
    super(own as ConstructorParameters<typeof layers.Layer>[0])
    this.#kernels = kernels
    this.#initializer = kernelInitializer ?? initializers.glorotUniform({})
  }

  override build(inputShape: number[]): void {
    const shape = [inputShape.at(-1)!, this.#kernels * KERNEL_SIZE]
    this.#kernel = this.addWeight('kernel', shape, 'float32', this.#initializer)
    this.built = true
  }

  override computeOutputShape([batch, width]: number[]): number[] {
    return [batch!, width! + this.#kernels]
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const features = oneTensor(inputs) as Tensor2D
    const compared = reshape(matMul(features, this.#kernel!.read() as Tensor2D), [-1, this.#kernels, KERNEL_SIZE])
    const distances = sum(abs(sub(expandDims(compared, 1), expandDims(compared, 0))), 3)
    return concat([features, sum(exp(neg(distances)), 1)], 1)
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), kernels: this.#kernels }
  }
}

serialization.registerClass(MinibatchDiscrimination)

import { matMul, serialization, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core'
import { EqualizedLayer, type EqualizedLayerConfig } from './equalized-layer.ts'

/** `tf.layers.dense` without an activation, with an equalized learning rate: see {@link EqualizedLayer}. */
export class EqualizedDense extends EqualizedLayer {
  static readonly className = 'EqualizedDense'
  readonly #units: number

  constructor({ units, ...config }: EqualizedLayerConfig & { readonly units: number }) {
    super(config)
    this.#units = units
  }

  override computeOutputShape(inputShape: number[]): number[] {
    return [...inputShape.slice(0, -1), this.#units]
  }

  protected override kernelShape(inputs: number): number[] {
    return [inputs, this.#units]
  }

  protected override multiply(input: Tensor, kernel: Tensor): Tensor {
    return matMul(input as Tensor2D, kernel as Tensor2D)
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), units: this.#units }
  }
}

serialization.registerClass(EqualizedDense)

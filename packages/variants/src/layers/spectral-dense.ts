import { matMul, serialization, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core'
import { SpectralLayer, type SpectralLayerConfig } from './spectral-layer.ts'

/** `tf.layers.dense` with spectral normalization: see {@link SpectralLayer}. */
export class SpectralDense extends SpectralLayer {
  static readonly className = 'SpectralDense'
  readonly #units: number

  constructor({ units, ...config }: SpectralLayerConfig & { readonly units: number }) {
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

serialization.registerClass(SpectralDense)

import { conv2d, serialization, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core'
import { SpectralLayer, type SpectralLayerConfig } from './spectral-layer.ts'

interface SpectralConv2DConfig extends SpectralLayerConfig {
  readonly filters: number
  readonly kernelSize: number
  readonly strides?: number
}

/** `tf.layers.conv2d` of square kernels and padding 'same', with spectral normalization: see {@link SpectralLayer}. */
export class SpectralConv2D extends SpectralLayer {
  static readonly className = 'SpectralConv2D'
  readonly #filters: number
  readonly #kernelSize: number
  readonly #strides: number

  constructor({ filters, kernelSize, strides, ...config }: SpectralConv2DConfig) {
    super(config)
    this.#filters = filters
    this.#kernelSize = kernelSize
    this.#strides = strides ?? 1
  }

  override computeOutputShape([batch, height, width]: number[]): number[] {
    const after = (length: number) => Math.ceil(length / this.#strides)
    return [batch!, after(height!), after(width!), this.#filters]
  }

  protected override kernelShape(inputs: number): number[] {
    return [this.#kernelSize, this.#kernelSize, inputs, this.#filters]
  }

  protected override multiply(input: Tensor, kernel: Tensor): Tensor {
    return conv2d(input as Tensor4D, kernel as Tensor4D, this.#strides, 'same')
  }

  override getConfig(): serialization.ConfigDict {
    const [filters, kernelSize, strides] = [this.#filters, this.#kernelSize, this.#strides]
    return { ...super.getConfig(), filters, kernelSize, strides }
  }
}

serialization.registerClass(SpectralConv2D)

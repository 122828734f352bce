import { conv2d, serialization, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core'
import { EqualizedLayer, type EqualizedLayerConfig } from './equalized-layer.ts'

interface EqualizedConv2DConfig extends EqualizedLayerConfig {
  readonly filters: number
  readonly kernelSize: number
  readonly strides?: number
  readonly padding?: 'same' | 'valid'
}

/**
 * `tf.layers.conv2d` of square kernels without an activation, padding 'same' by default, with an equalized learning rate: see
 * {@link EqualizedLayer}.
 */
export class EqualizedConv2D extends EqualizedLayer {
  static readonly className = 'EqualizedConv2D'
  readonly #filters: number
  readonly #kernelSize: number
  readonly #strides: number
  readonly #padding: 'same' | 'valid'

  constructor({ filters, kernelSize, strides, padding, ...config }: EqualizedConv2DConfig) {
    super(config)
    this.#filters = filters
    this.#kernelSize = kernelSize
    this.#strides = strides ?? 1
    this.#padding = padding ?? 'same'
  }

  override computeOutputShape([batch, height, width]: number[]): number[] {
    const lost = this.#padding === 'same' ? 0 : this.#kernelSize - 1
    const after = (length: number) => Math.ceil((length - lost) / this.#strides)
    return [batch!, after(height!), after(width!), this.#filters]
  }

  protected override kernelShape(inputs: number): number[] {
    return [this.#kernelSize, this.#kernelSize, inputs, this.#filters]
  }

  protected override multiply(input: Tensor, kernel: Tensor): Tensor {
    return conv2d(input as Tensor4D, kernel as Tensor4D, this.#strides, this.#padding)
  }

  override getConfig(): serialization.ConfigDict {
    const [filters, kernelSize, strides, padding] = [this.#filters, this.#kernelSize, this.#strides, this.#padding]
    return { ...super.getConfig(), filters, kernelSize, strides, padding }
  }
}

serialization.registerClass(EqualizedConv2D)

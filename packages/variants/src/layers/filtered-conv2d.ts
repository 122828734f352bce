import { conv2d, serialization, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core'
import { enlargingConvolution } from '../operations/modulated-convolution.ts'
import { ENLARGE, REDUCE, upfirdn2d } from '../operations/upfirdn2d.ts'
import { EqualizedLayer, type EqualizedLayerConfig } from './equalized-layer.ts'

interface FilteredConv2DConfig extends EqualizedLayerConfig {
  readonly filters: number
  readonly kernelSize: number
  /** Twice or half as many pixels a side. */
  readonly by: 'up' | 'down'
}

/**
 * A convolution of an odd side, up to 5, that resamples through the filter of Karras et al. 2019 (section 2), with an equalized learning
 * rate: downwards the filter comes before a stride of two, upwards it follows the transposed convolution.
 */
export class FilteredConv2D extends EqualizedLayer {
  static readonly className = 'FilteredConv2D'
  readonly #filters: number
  readonly #kernelSize: number
  readonly #by: 'up' | 'down'

  constructor({ filters, kernelSize, by, ...config }: FilteredConv2DConfig) {
    super(config)
    this.#filters = filters
    this.#kernelSize = kernelSize
    this.#by = by
  }

  override computeOutputShape([batch, height, width]: number[]): number[] {
    const after = (length: number) => (this.#by === 'up' ? length * 2 : length / 2)
    return [batch!, after(height!), after(width!), this.#filters]
  }

  protected override kernelShape(inputs: number): number[] {
    return [this.#kernelSize, this.#kernelSize, inputs, this.#filters]
  }

  protected override multiply(input: Tensor, kernel: Tensor): Tensor {
    // A kernel of one pixel comes where there are fewer pixels: the result is the same.
    const point = (images: Tensor) => conv2d(images as Tensor4D, kernel as Tensor4D, 1, 'valid')
    if (this.#by === 'up') {
      return this.#kernelSize === 1 ? upfirdn2d(point(input), ENLARGE) : enlargingConvolution(input, kernel)
    }
    if (this.#kernelSize === 1) return point(upfirdn2d(input, REDUCE))
    const border = (this.#kernelSize - 1) / 2 + 1
    return conv2d(upfirdn2d(input, { padding: [border, border] }) as Tensor4D, kernel as Tensor4D, 2, 'valid')
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), filters: this.#filters, kernelSize: this.#kernelSize, by: this.#by }
  }
}

serialization.registerClass(FilteredConv2D)

import { conv2d, serialization, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core'
import { enlargingConvolution } from '../operations/modulated-convolution.ts'
import { ENLARGE, REDUCE, upfirdn2d } from '../operations/upfirdn2d.ts'
import { EqualizedLayer, type EqualizedLayerConfig } from './equalized-layer.ts'
import type { KernelProduct } from './kernel-product.ts'

interface FilteredConvolution {
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

  constructor({ filters, kernelSize, by, ...config }: EqualizedLayerConfig & FilteredConvolution) {
    super(config, filteredProduct({ filters, kernelSize, by }))
  }
}

function filteredProduct({ filters, kernelSize, by }: FilteredConvolution): KernelProduct {
  const after = (length: number) => (by === 'up' ? length * 2 : length / 2)
  return {
    kernelShape: (inputs) => [kernelSize, kernelSize, inputs, filters],
    outputShape: ([batch, height, width]) => [batch!, after(height!), after(width!), filters],
    multiply(input, kernel) {
      // A kernel of one pixel comes where there are fewer pixels: the result is the same.
      const point = (images: Tensor) => conv2d(images as Tensor4D, kernel as Tensor4D, 1, 'valid')
      if (by === 'up') return kernelSize === 1 ? upfirdn2d(point(input), ENLARGE) : enlargingConvolution(input, kernel)
      if (kernelSize === 1) return point(upfirdn2d(input, REDUCE))
      const border = (kernelSize - 1) / 2 + 1
      // A row and a column more than the convolution reads: what is even is split into its phases as it lies.
      return conv2d(upfirdn2d(input, { padding: [border, border + 1] }) as Tensor4D, kernel as Tensor4D, 2, 'valid')
    },
    config: { filters, kernelSize, by },
  }
}

serialization.registerClass(FilteredConv2D)

import { serialization } from '@tensorflow/tfjs-core'
import { EqualizedLayer, type EqualizedLayerConfig } from './equalized-layer.ts'
import { type ConvolutionConfig, convolutionProduct } from './kernel-product.ts'

/** `tf.layers.conv2d` of square kernels without an activation, padding 'same' by default, with an equalized learning rate. */
export class EqualizedConv2D extends EqualizedLayer {
  static readonly className = 'EqualizedConv2D'

  constructor({ filters, kernelSize, strides, padding, ...config }: EqualizedLayerConfig & ConvolutionConfig) {
    super(config, convolutionProduct({ filters, kernelSize, strides, padding }))
  }
}

serialization.registerClass(EqualizedConv2D)

import { serialization } from '@tensorflow/tfjs-core'
import { type ConvolutionConfig, convolutionProduct } from './kernel-product.ts'
import { SpectralLayer, type SpectralLayerConfig } from './spectral-layer.ts'

/** `tf.layers.conv2d` of square kernels, padding 'same' by default, with spectral normalization: see {@link SpectralLayer}. */
export class SpectralConv2D extends SpectralLayer {
  static readonly className = 'SpectralConv2D'

  constructor({ filters, kernelSize, strides, padding, ...config }: SpectralLayerConfig & ConvolutionConfig) {
    super(config, convolutionProduct({ filters, kernelSize, strides, padding }))
  }
}

serialization.registerClass(SpectralConv2D)

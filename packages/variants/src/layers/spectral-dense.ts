import { serialization } from '@tensorflow/tfjs-core'
import { type DenseConfig, denseProduct } from './kernel-product.ts'
import { SpectralLayer, type SpectralLayerConfig } from './spectral-layer.ts'

/** `tf.layers.dense` with spectral normalization: see {@link SpectralLayer}. */
export class SpectralDense extends SpectralLayer {
  static readonly className = 'SpectralDense'

  constructor({ units, ...config }: SpectralLayerConfig & DenseConfig) {
    super(config, denseProduct({ units }))
  }
}

serialization.registerClass(SpectralDense)

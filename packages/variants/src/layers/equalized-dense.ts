import { serialization } from '@tensorflow/tfjs-core'
import { EqualizedLayer, type EqualizedLayerConfig } from './equalized-layer.ts'
import { type DenseConfig, denseProduct } from './kernel-product.ts'

/** `tf.layers.dense` without an activation, with an equalized learning rate: see {@link EqualizedLayer}. */
export class EqualizedDense extends EqualizedLayer {
  static readonly className = 'EqualizedDense'

  constructor({ units, ...config }: EqualizedLayerConfig & DenseConfig) {
    super(config, denseProduct({ units }))
  }
}

serialization.registerClass(EqualizedDense)

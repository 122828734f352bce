import { reshape, serialization, slice, type Tensor } from '@tensorflow/tfjs-core'
import { layers } from '@tensorflow/tfjs-layers'
import { oneTensor } from './one-tensor.ts'

/** One layer's row of all styles: [batch, layers, size] to [batch, size]. */
export class StyleOfLayer extends layers.Layer {
  static readonly className = 'StyleOfLayer'
  readonly #index: number

  constructor(config: { readonly index: number }) {
    super(config as unknown as ConstructorParameters<typeof layers.Layer>[0])
    this.#index = config.index
  }

  override computeOutputShape([batch, , size]: number[]): number[] {
    return [batch!, size!]
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const styles = oneTensor(inputs)
    const size = styles.shape[2]!
    return reshape(slice(styles, [0, this.#index, 0], [-1, 1, size]), [-1, size])
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), index: this.#index }
  }
}

serialization.registerClass(StyleOfLayer)

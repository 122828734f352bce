import { serialization, type Tensor } from '@tensorflow/tfjs-core'
import { layers } from '@tensorflow/tfjs-layers'
import { ENLARGE, REDUCE, upfirdn2d } from '../operations/upfirdn2d.ts'
import { oneTensor } from './one-tensor.ts'

/** Twice or half as many pixels a side, by the filter of Karras et al. 2019: see {@link upfirdn2d}. */
export class FilteredResampling extends layers.Layer {
  static readonly className = 'FilteredResampling'
  readonly #by: 'up' | 'down'

  constructor(config: { readonly by: 'up' | 'down' }) {
    super(config as unknown as ConstructorParameters<typeof layers.Layer>[0])
    this.#by = config.by
  }

  override computeOutputShape([batch, height, width, channels]: number[]): number[] {
    const after = (length: number) => (this.#by === 'up' ? length * 2 : length / 2)
    return [batch!, after(height!), after(width!), channels!]
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return upfirdn2d(oneTensor(inputs), this.#by === 'up' ? ENLARGE : REDUCE)
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), by: this.#by }
  }
}

serialization.registerClass(FilteredResampling)

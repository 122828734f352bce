import { mirrorPad, serialization, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core'
import { layers } from '@tensorflow/tfjs-layers'
import { oneTensor } from './one-tensor.ts'

/** Mirrors pixels at the border, which is itself not repeated: [batch, height, width, channels] to 2·`padding` more a side. */
export class ReflectionPadding2D extends layers.Layer {
  static readonly className = 'ReflectionPadding2D'
  readonly #padding: number

  constructor(config: { readonly padding: number }) {
    super(config as ConstructorParameters<typeof layers.Layer>[0])
    this.#padding = config.padding
  }

  override computeOutputShape([batch, height, width, channels]: (number | null)[]): number[] {
    const after = (length: number | null | undefined) => (length == null ? null : length + 2 * this.#padding)
    return [batch!, after(height) as number, after(width) as number, channels!]
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const own: [number, number] = [this.#padding, this.#padding]
    return mirrorPad(oneTensor(inputs) as Tensor4D, [[0, 0], own, own, [0, 0]], 'reflect')
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), padding: this.#padding }
  }
}

serialization.registerClass(ReflectionPadding2D)

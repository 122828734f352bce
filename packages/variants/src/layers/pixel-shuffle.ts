import { depthToSpace, serialization, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core'
import { layers } from '@tensorflow/tfjs-layers'
import { oneTensor } from './one-tensor.ts'

/**
 * Channels as pixels (Shi et al. 2016, equation 4): [batch, height, width, r²·channels] to [batch, r·height, r·width, channels], with
 * channel C·r·mod(y, r) + C·mod(x, r) + c as channel c of the pixel at y, x.
 */
export class PixelShuffle extends layers.Layer {
  static readonly className = 'PixelShuffle'
  readonly #factor: number

  constructor(config: { readonly factor: number }) {
    super(config as ConstructorParameters<typeof layers.Layer>[0])
    this.#factor = config.factor
  }

  override computeOutputShape([batch, height, width, channels]: (number | null)[]): number[] {
    const after = (length: number | null | undefined) => (length == null ? null : length * this.#factor)
    return [batch!, after(height) as number, after(width) as number, channels! / this.#factor ** 2]
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return depthToSpace(oneTensor(inputs) as Tensor4D, this.#factor, 'NHWC')
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), factor: this.#factor }
  }
}

serialization.registerClass(PixelShuffle)

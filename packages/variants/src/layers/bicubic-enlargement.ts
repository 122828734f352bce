import { pilBicubicTaps, toMatrix } from '@gantry/core'
import {
  add,
  conv2d,
  depthToSpace,
  div,
  mul,
  serialization,
  slice,
  type Tensor,
  type Tensor4D,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core'
import { layers } from '@tensorflow/tfjs-layers'
import { oneTensor } from './one-tensor.ts'

/** Pixels on either side that a bicubic kernel reaches. */
const REACH = 2
const SIDE = 2 * REACH + 1

/**
 * Images enlarged by Pillow's bicubic interpolation, of any size: [batch, height, width, channels] to `factor` times as high and wide.
 * Each of the factor² places between pixels is a convolution, and at the border its weights are divided by what is left of them.
 */
export class BicubicEnlargement extends layers.Layer {
  static readonly className = 'BicubicEnlargement'
  readonly #factor: number

  constructor(config: { readonly factor: number }) {
    super(config as ConstructorParameters<typeof layers.Layer>[0])
    this.#factor = config.factor
  }

  override computeOutputShape([batch, height, width, channels]: (number | null)[]): number[] {
    const after = (length: number | null | undefined) => (length == null ? null : length * this.#factor)
    return [batch!, after(height) as number, after(width) as number, channels!]
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tidy(() => {
      const given = oneTensor(inputs) as Tensor4D
      const enlarge = (images: Tensor4D) => {
        const places = conv2d(images, placesKernel(this.#factor, images.shape[3]), 1, 'same')
        return depthToSpace(places, this.#factor, 'NHWC')
      }
      // Ones of the size that the images turn out to have.
      const ones = add(mul(slice(given, [0, 0, 0, 0], [-1, -1, -1, 1]), 0), 1) as Tensor4D
      return div(enlarge(given), enlarge(ones))
    })
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), factor: this.#factor }
  }
}

/** [5, 5, channels, factor²·channels]: for every place between pixels the weights of its neighbours, each channel by itself. */
function placesKernel(factor: number, channels: number): Tensor4D {
  const matrix = toMatrix(pilBicubicTaps(SIDE, SIDE * factor))
  const weight = (place: number, tap: number) => matrix[(REACH * factor + place) * SIDE + tap]!
  const kernel = new Float32Array(SIDE ** 2 * channels * factor ** 2 * channels)
  let index = 0
  for (let tap = 0; tap < SIDE ** 2; tap++) {
    for (let input = 0; input < channels; input++) {
      for (let place = 0; place < factor ** 2; place++) {
        const own = weight(Math.floor(place / factor), Math.floor(tap / SIDE)) * weight(place % factor, tap % SIDE)
        for (let output = 0; output < channels; output++) kernel[index++] = output === input ? own : 0
      }
    }
  }
  return tensor(kernel, [SIDE, SIDE, channels, factor ** 2 * channels])
}

serialization.registerClass(BicubicEnlargement)

import { type DType, float32, type NDArray, ndarray, ShapeError, toMatrix } from '@gantry/core'
import { attribute, type GraphBuilder } from '@gantry/onnx'
import type { ImageBatch } from '../features.ts'
import { type Resizer, resizers } from '../resize/resize-images.ts'
import { resizePilUint8 } from '../resize/resize-pil-uint8.ts'

/** How images are brought to a network's size; `pil-bicubic-uint8` rounds to 8 bits as saved images are. */
export type ImageResizer = Resizer | 'pil-bicubic-uint8'

/**
 * @throws ShapeError `IMAGES_UNSUITABLE` unless they are uint8 [count, height, width, 1 or 3], none of it empty.
 */
export function checkImages(owner: string, images: NDArray, dtypes: readonly DType[] = ['uint8']): void {
  const { dtype, shape } = images
  const fits = dtypes.includes(dtype) && shape.length === 4 && shape.every((length) => length > 0)
  if (fits && (shape[3] === 1 || shape[3] === 3)) return
  throw new ShapeError({
    code: 'IMAGES_UNSUITABLE',
    message: `${owner} takes images as ${dtypes.join(' or ')}[count,height,width,1 or 3] but got ${dtype}[${shape.join(',')}].`,
    fix: fits
      ? 'Drop the alpha channel, or choose the channels to look at.'
      : 'Make them 8-bit images with the channels last; data that are no images need no extractor.',
  })
}

/**
 * The start of every network for images: 8-bit images of any size become float32 of the network's size.
 *
 * The graph resizes by two matrix products. The matrices are inputs that follow from the size of the images, so one loaded
 * network serves images of every size.
 */
export class ImageInput {
  readonly #size: readonly [height: number, width: number]
  readonly #resizer: ImageResizer
  readonly #channels: 1 | 3
  readonly #matrices = new Map<string, NDArray<'float32'>>()

  /** @param channels that the network takes; grey images become three equal ones */
  constructor(size: readonly [height: number, width: number], resizer: ImageResizer, channels: 1 | 3 = 3) {
    this.#size = size
    this.#resizer = resizer
    this.#channels = channels
  }

  /** Adds the inputs; returns the value float32 [batch, channels, height, width] with pixels from 0 to 255. */
  addTo(builder: GraphBuilder): string {
    const [height, width] = this.#size
    const images = builder.input('images', { dtype: 'uint8', shape: ['batch', 'height', 'width', 'channels'] })
    const rows = builder.input('rows', { dtype: 'float32', shape: [height, 'height'] })
    const columns = builder.input('columns', { dtype: 'float32', shape: ['width', width] })
    const pixels = builder.node('Cast', [images], { to: attribute.int(1) })
    const planes = builder.node('Transpose', [pixels], { perm: attribute.ints([0, 3, 1, 2]) })
    const wide = builder.node('MatMul', [planes, columns])
    const resized = builder.node('MatMul', [rows, wide])
    // Bicubic weights overshoot. Max and Min rather than Clip: every operator set has them alike.
    const lower = builder.node('Max', [resized, builder.constant(float32([], [0]))])
    const clipped = builder.node('Min', [lower, builder.constant(float32([], [255]))])
    const shape = builder.constant(ndarray('int64', [4], BigInt64Array.of(1n, BigInt(this.#channels), 1n, 1n)))
    return builder.node('Expand', [clipped, shape])
  }

  /** What the inputs are fed for these images. */
  feeds(images: ImageBatch): Readonly<Record<'images' | 'rows' | 'columns', NDArray>> {
    const resizer = this.#resizer
    const ready = resizer === 'pil-bicubic-uint8' ? resizePilUint8(images, this.#size) : images
    const separable = resizer === 'pil-bicubic-uint8' ? 'pil-bicubic' : resizer
    const [, inputHeight, inputWidth] = ready.shape as readonly [number, number, number, number]
    const [height, width] = this.#size
    return {
      images: ready,
      rows: this.#matrix(separable, inputHeight, height, false),
      columns: this.#matrix(separable, inputWidth, width, true),
    }
  }

  #matrix(resizer: Resizer, inputs: number, outputs: number, transposed: boolean): NDArray<'float32'> {
    const key = `${inputs}→${outputs} ${transposed}`
    const known = this.#matrices.get(key)
    if (known !== undefined) return known
    const matrix = toMatrix(resizers[resizer](inputs, outputs))
    const made = transposed
      ? ndarray('float32', [inputs, outputs], transpose(matrix, outputs, inputs))
      : ndarray('float32', [outputs, inputs], matrix)
    this.#matrices.set(key, made)
    return made
  }
}

function transpose(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(matrix.length)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) out[column * rows + row] = matrix[row * columns + column]!
  }
  return out
}

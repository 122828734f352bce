import { avgPool, type GradConfig, matMul, mul, reshape, type Tensor, tensor } from '@tensorflow/tfjs-core'
import { linear } from './gradient.ts'

interface ResizeAttributes {
  readonly alignCorners: boolean
  readonly halfPixelCenters: boolean
}

/** From which places of the old axis, with which weights, a place of the new one is made. */
type Sampling = (
  place: number,
  lengths: Lengths,
  attributes: ResizeAttributes,
) => readonly (readonly [number, number])[]

interface Lengths {
  readonly before: number
  readonly after: number
}

/** Distance between neighbours, measured on the old axis. */
function stepOf({ before, after }: Lengths, { alignCorners }: ResizeAttributes): number {
  return alignCorners && after > 1 ? (before - 1) / (after - 1) : before / after
}

const bilinear: Sampling = (place, lengths, attributes) => {
  const step = stepOf(lengths, attributes)
  const position = attributes.halfPixelCenters ? step * (place + 0.5) - 0.5 : step * place
  const lower = Math.max(0, Math.floor(position))
  const upper = Math.min(lengths.before - 1, Math.ceil(position))
  return [
    [lower, 1 - (position - lower)],
    [upper, position - lower],
  ]
}

const nearest: Sampling = (place, lengths, attributes) => {
  const position = stepOf(lengths, attributes) * (attributes.halfPixelCenters ? place + 0.5 : place)
  const rounded = attributes.alignCorners ? Math.round(position) : Math.floor(position)
  return [[Math.min(lengths.before - 1, Math.max(0, rounded)), 1]]
}

/** The matrix [before, after] that takes a gradient of the resized axis to one of the original axis. */
function adjointMatrix(sampling: Sampling, lengths: Lengths, attributes: ResizeAttributes): Tensor {
  const weights = new Float32Array(lengths.before * lengths.after)
  for (let place = 0; place < lengths.after; place++) {
    for (const [source, weight] of sampling(place, lengths, attributes))
      weights[source * lengths.after + place]! += weight
  }
  return tensor(weights, [1, lengths.before, lengths.after])
}

/**
 * Resizing is a matrix along the height and one along the width; its gradient is their transposes. TF.js's gradient
 * kernels ignore half-pixel centres, mix up height and width on the cpu, and are missing on wasm.
 */
function resizeGradient(
  sampling: Sampling,
  dy: Tensor,
  attributes: ResizeAttributes,
  shape: readonly number[],
): Tensor {
  const [batch, height, width, channels] = shape as [number, number, number, number]
  const [, newHeight, newWidth] = dy.shape as [number, number, number, number]
  let rows: Tensor = dy
  if (newHeight !== height) {
    const matrix = adjointMatrix(sampling, { before: height, after: newHeight }, attributes)
    rows = matMul(matrix, reshape(rows, [batch, newHeight, newWidth * channels]))
  }
  if (newWidth !== width) {
    const matrix = adjointMatrix(sampling, { before: width, after: newWidth }, attributes)
    rows = matMul(matrix, reshape(rows, [batch * height, newWidth, channels]))
  }
  return reshape(rows, [...shape])
}

/** Enlarging by whole numbers repeats pixels, so the gradient sums blocks: an average, times their size. */
function enlargementGradient(dy: Tensor, rows: number, columns: number): Tensor {
  return mul(avgPool(dy as never, [rows, columns], [rows, columns], 'valid'), rows * columns)
}

export const resizeGradients: readonly GradConfig[] = [
  linear<ResizeAttributes>(
    'ResizeBilinear',
    (dy, attributes, shape) => resizeGradient(bilinear, dy, attributes, shape),
    'images',
  ),
  linear<ResizeAttributes>(
    'ResizeNearestNeighbor',
    (dy, attributes, shape) => {
      const [rows, columns] = [dy.shape[1]! / shape[1]!, dy.shape[2]! / shape[2]!]
      return Number.isInteger(rows) && Number.isInteger(columns) && !attributes.alignCorners
        ? enlargementGradient(dy, rows, columns)
        : resizeGradient(nearest, dy, attributes, shape)
    },
    'images',
  ),
]

import * as tf from '@tensorflow/tfjs-core'
import { type Padding, padOf, type Triple, volume, volumeWindows } from './cases-convolution.ts'
import { type GradientCase, input } from './gradient-case.ts'
import { moved, placesOf, type Shape, windowsOf } from './reference.ts'

type Pool = (numbers: readonly number[]) => number
const average: Pool = (numbers) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length
const largest: Pool = (numbers) => Math.max(...numbers)

function pool2d(window: number, step: number, padding: Padding, image: Shape): GradientCase[] {
  const [batch, height, width, channels] = image as [number, number, number, number]
  const down = windowsOf({ length: height, window, step, padding })
  const across = windowsOf({ length: width, window, step, padding })
  const pad = padOf(padding) as 'same'
  const reference = (pool: Pool) => (x?: Float64Array) =>
    placesOf([batch, down.length, across.length, channels]).map(([n, i, j, c]) =>
      pool(
        down[i!]!.flatMap((row) =>
          across[j!]!.map((column) => x![((n! * height + row.place) * width + column.place) * channels + c!]!),
        ),
      ),
    )
  const inputs = [input(image, 'distinct')]
  const rest = `of ${window}, step ${step}, padding ${padding}, image [${image}]`
  return [
    {
      name: `average ${rest}`,
      inputs,
      compute: (x) => tf.avgPool(x as tf.Tensor4D, window, step, pad),
      reference: reference(average),
    },
    {
      name: `maximum ${rest}`,
      inputs,
      compute: (x) => tf.maxPool(x as tf.Tensor4D, window, step, pad),
      reference: reference(largest),
    },
  ]
}

/** Windows and steps of a length for each axis: what holds for cubes alone is found out. */
function pool3d(window: Triple, step: Triple, padding: 'same' | 'valid', shape: Shape = volume): GradientCase[] {
  const [deep, down, across] = volumeWindows(shape, window, step, padding)
  const [, , height, width] = shape as [number, number, number, number]
  const reference = (pool: Pool) => (x?: Float64Array) =>
    placesOf([deep!.length, down!.length, across!.length]).map(([k, i, j]) =>
      pool(
        deep![k!]!.flatMap((a) =>
          down![i!]!.flatMap((b) => across![j!]!.map((c) => x![(a.place * height + b.place) * width + c.place]!)),
        ),
      ),
    )
  const inputs = [input(shape, 'distinct')]
  const rest = `of [${window}], steps [${step}], padding ${padding}, volume [${shape}]`
  return [
    {
      name: `average ${rest}`,
      inputs,
      compute: (x) => tf.avgPool3d(x as tf.Tensor5D, [...window], [...step], padding),
      reference: reference(average),
    },
    {
      name: `maximum ${rest}`,
      inputs,
      compute: (x) => tf.maxPool3d(x as tf.Tensor5D, [...window], [...step], padding),
      reference: reference(largest),
    },
  ]
}

interface Grid {
  readonly align: boolean
  readonly half: boolean
}

/** Where a pixel of the new image lies on the old axis. */
function positionOf(index: number, before: number, after: number, { align, half }: Grid): number {
  if (align && after > 1) return (index * (before - 1)) / (after - 1)
  return half ? ((index + 0.5) * before) / after : (index * before) / after
}

function resize(kind: 'bilinear' | 'nearest', size: [number, number], grid: Grid): GradientCase {
  const image = [2, 3, 4, 2] as const
  const nearest = (index: number, before: number, after: number) => {
    const position = positionOf(index, before, after, grid)
    return Math.min(before - 1, grid.align ? Math.round(position) : Math.floor(position))
  }
  const between = (index: number, before: number, after: number) => {
    const position = Math.max(0, positionOf(index, before, after, grid) - (grid.half ? 0.5 : 0))
    const low = Math.floor(position)
    return { low, high: Math.min(low + 1, before - 1), share: position - low }
  }
  return {
    name: `${kind} resize to [${size}]${grid.align ? ', corners aligned' : ''}${grid.half ? ', half-pixel centres' : ''}`,
    inputs: [input(image)],
    compute: (x) =>
      (kind === 'nearest' ? tf.image.resizeNearestNeighbor : tf.image.resizeBilinear)(
        x as tf.Tensor4D,
        size,
        grid.align,
        grid.half,
      ),
    reference: (x) => {
      const newShape = [2, ...size, 2]
      if (kind === 'nearest') {
        return moved(x!, image, newShape, ([n, i, j, c]) => [n!, nearest(i!, 3, size[0]), nearest(j!, 4, size[1]), c!])
      }
      const pixel = (n: number, i: number, j: number, c: number) => x![((n * 3 + i) * 4 + j) * 2 + c]!
      return placesOf(newShape).map(([n, i, j, c]) => {
        const row = between(i!, 3, size[0])
        const column = between(j!, 4, size[1])
        const mixed = (line: number) =>
          pixel(n!, line, column.low, c!) * (1 - column.share) + pixel(n!, line, column.high, c!) * column.share
        return mixed(row.low) * (1 - row.share) + mixed(row.high) * row.share
      })
    },
  }
}

const plain = { align: false, half: false }
const aligned = { align: true, half: false }
const halves = { align: false, half: true }

const batchNormalization: GradientCase = {
  name: 'batch normalization',
  inputs: [input([1, 3, 1, 2]), input([2]), input([2], 'positive'), input([2]), input([2])],
  compute: (x, mean, variance, offset, scale) =>
    tf.batchNorm(
      x as tf.Tensor4D,
      mean as tf.Tensor1D,
      variance as tf.Tensor1D,
      offset as tf.Tensor1D,
      scale as tf.Tensor1D,
      1e-3,
    ),
  reference: (x, mean, variance, offset, scale) =>
    x!.map((value, place) => {
      const c = place % 2
      return (scale![c]! * (value - mean![c]!)) / Math.sqrt(variance![c]! + 1e-3) + offset![c]!
    }),
}

const batchNormalizationElementwise: GradientCase = {
  name: 'batch normalization, number by number',
  inputs: [0, 1, 2, 3, 4].map((index) => input([1, 2, 1, 2], index === 2 ? 'positive' : 'any')),
  compute: (...inputs) => {
    const [x, mean, variance, offset, scale] = inputs as [tf.Tensor4D, ...tf.Tensor4D[]]
    return tf.batchNorm(x, mean!, variance!, offset, scale, 1e-3)
  },
  reference: (x, mean, variance, offset, scale) =>
    x!.map((value, place) => {
      const rate = 1 / Math.sqrt(variance![place]! + 1e-3)
      return scale![place]! * (value - mean![place]!) * rate + offset![place]!
    }),
}

const localResponse: GradientCase = {
  name: 'local response normalization',
  inputs: [input([1, 2, 1, 5])],
  compute: (x) => tf.localResponseNormalization(x as tf.Tensor4D, 1, 1.5, 0.4, 0.6),
  reference: (x) =>
    x!.map((value, place) => {
      const pixel = place - (place % 5)
      let spread = 0
      for (let c = Math.max(0, (place % 5) - 1); c <= Math.min(4, (place % 5) + 1); c++) spread += x![pixel + c]! ** 2
      return value / (1.5 + 0.4 * spread) ** 0.6
    }),
}

export const imageCases: readonly GradientCase[] = [
  ...pool2d(2, 2, 'valid', [2, 4, 6, 2]),
  ...pool2d(2, 2, 'valid', [1, 5, 4, 1]),
  ...pool2d(3, 2, 'same', [1, 5, 4, 2]),
  ...pool2d(2, 1, 'same', [1, 3, 4, 1]),
  ...pool2d(2, 3, 'same', [1, 4, 5, 1]),
  ...pool2d(3, 2, [1, 1], [1, 5, 5, 1]),
  ...pool2d(3, 1, [1, 2], [1, 3, 3, 1]),
  ...pool2d(1, 3, 'same', [1, 5, 7, 1]),
  ...pool2d(2, 4, 'same', [1, 6, 5, 1]),
  ...pool3d([2, 2, 2], [2, 2, 2], 'same'),
  ...pool3d([2, 2, 2], [1, 1, 1], 'valid'),
  ...pool3d([2, 2, 1], [2, 2, 1], 'valid', [1, 2, 2, 4, 1]),
  ...pool3d([1, 2, 3], [2, 1, 1], 'valid', [1, 3, 4, 4, 1]),
  ...pool3d([1, 3, 2], [1, 2, 3], 'same', [1, 2, 5, 4, 1]),
  ...pool3d([1, 1, 2], [3, 2, 4], 'same', [1, 6, 4, 7, 1]),
  ...[plain, aligned, halves].flatMap((grid) => [
    resize('bilinear', [6, 8], grid),
    resize('bilinear', [5, 7], grid),
    resize('bilinear', [2, 3], grid),
    resize('nearest', [6, 8], grid),
    resize('nearest', [5, 7], grid),
    resize('nearest', [2, 3], grid),
  ]),
  batchNormalization,
  batchNormalizationElementwise,
  localResponse,
]

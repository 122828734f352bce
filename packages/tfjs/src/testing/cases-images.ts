import * as tf from '@tensorflow/tfjs-core'
import { type GradientCase, input } from './gradient-case.ts'
import { type Axis, moved, placesOf, type Shape, windowsOf } from './reference.ts'

type Padding = Axis['padding']
type Steps = readonly [step?: number, dilation?: number]

/** TF.js writes explicit padding with the axes of batch and channels. */
const padOf = (padding: Padding) => (typeof padding === 'string' ? padding : [[0, 0], padding, padding, [0, 0]])

/** A convolution over two axes; `depthwise` when each channel has filters of its own. */
function convolution(
  image: Shape,
  filter: Shape,
  padding: Padding,
  [step = 1, dilation = 1]: Steps,
  depthwise: boolean,
): (x: Float64Array, w: Float64Array) => number[] {
  const [batch, height, width, channels] = image as [number, number, number, number]
  const [rows, columns, , last] = filter as [number, number, number, number]
  const down = windowsOf({ length: height, window: rows, step, dilation, padding })
  const across = windowsOf({ length: width, window: columns, step, dilation, padding })
  return (x, w) =>
    placesOf([batch, down.length, across.length, depthwise ? channels * last : last]).map(([n, i, j, out]) => {
      let sum = 0
      for (const row of down[i!]!) {
        for (const column of across[j!]!) {
          for (let c = 0; c < channels; c++) {
            if (depthwise && c !== Math.floor(out! / last)) continue
            const pixel = x[((n! * height + row.place) * width + column.place) * channels + c]!
            const corner = ((row.offset * columns + column.offset) * channels + c) * last
            sum += pixel * w[corner + (depthwise ? out! % last : out!)]!
          }
        }
      }
      return sum
    })
}

function conv2d(padding: Padding, step: number, dilation: number, dataFormat: 'NHWC' | 'NCHW' = 'NHWC'): GradientCase {
  const [image, filter] = [
    [1, 5, 4, 2],
    [3, 2, 2, 2],
  ] as const
  const apply = convolution(image, filter, padding, [step, dilation], false)
  const swapped = dataFormat === 'NCHW'
  return {
    name: `convolution, padding ${padding}, step ${step}, dilation ${dilation}, ${dataFormat}`,
    inputs: [input(image), input(filter)],
    compute: (x, w) => {
      const layout = (swapped ? tf.transpose(x!, [0, 3, 1, 2]) : x!) as tf.Tensor4D
      const y = tf.conv2d(layout, w as tf.Tensor4D, step, padOf(padding) as 'same', dataFormat, dilation)
      return swapped ? tf.transpose(y, [0, 2, 3, 1]) : y
    },
    reference: (x, w) => apply(x!, w!),
  }
}

function depthwise(padding: Padding, step: number, dilation: number): GradientCase {
  const [image, filter] = [
    [1, 5, 4, 2],
    [3, 2, 2, 2],
  ] as const
  const apply = convolution(image, filter, padding, [step, dilation], true)
  return {
    name: `depthwise convolution, padding ${padding}, step ${step}, dilation ${dilation}`,
    inputs: [input(image), input(filter)],
    compute: (x, w) =>
      tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, step, padOf(padding) as 'same', 'NHWC', dilation),
    reference: (x, w) => apply(x!, w!),
  }
}

/** A transposed convolution spreads each number over a window: the loops of the convolution, run backwards. */
function transposed(padding: 'same' | 'valid', step: number): GradientCase {
  const [rows, columns] = [3, 2]
  const [height, width] = padding === 'same' ? [2 * step, 3 * step] : [step + rows, 2 * step + columns]
  const down = windowsOf({ length: height, window: rows, step, padding })
  const across = windowsOf({ length: width, window: columns, step, padding })
  return {
    name: `transposed convolution, padding ${padding}, step ${step}`,
    inputs: [input([1, 2, 3, 2]), input([rows, columns, 2, 2])],
    compute: (x, w) => tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [1, height, width, 2], step, padding),
    reference: (x, w) => {
      const y = new Float64Array(height * width * 2)
      for (const [i, j, from, to] of placesOf([2, 3, 2, 2])) {
        for (const row of down[i!]!) {
          for (const column of across[j!]!) {
            const weight = w![((row.offset * columns + column.offset) * 2 + to!) * 2 + from!]!
            y[(row.place * width + column.place) * 2 + to!]! += x![(i! * 3 + j!) * 2 + from!]! * weight
          }
        }
      }
      return y
    },
  }
}

const fusedBias: GradientCase = {
  name: 'fused convolution with bias',
  inputs: [input([1, 5, 4, 2]), input([3, 2, 2, 2]), input([2])],
  compute: (x, w, bias) =>
    tf.fused.conv2d({
      x: x as tf.Tensor4D,
      filter: w as tf.Tensor4D,
      strides: 2,
      pad: 'same',
      bias: bias!,
      activation: 'linear',
    }),
  reference: (x, w, bias) =>
    convolution(
      [1, 5, 4, 2],
      [3, 2, 2, 2],
      'same',
      [2, 1],
      false,
    )(x!, w!).map((value, place) => value + bias![place % 2]!),
}

const separable: GradientCase = {
  name: 'separable convolution',
  inputs: [input([1, 4, 4, 2]), input([3, 3, 2, 1]), input([1, 1, 2, 3])],
  compute: (x, w, points) => tf.separableConv2d(x as tf.Tensor4D, w as tf.Tensor4D, points as tf.Tensor4D, 2, 'same'),
  reference: (x, w, points) => {
    const middle = Float64Array.from(convolution([1, 4, 4, 2], [3, 3, 2, 1], 'same', [2], true)(x!, w!))
    return convolution([1, 2, 2, 2], [1, 1, 2, 3], 'same', [], false)(middle, points!)
  },
}

const conv1d: GradientCase = {
  name: 'convolution over one axis',
  inputs: [input([2, 5, 2]), input([3, 2, 2])],
  compute: (x, w) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, 2, 'same'),
  reference: (x, w) =>
    [0, 10].flatMap((start) =>
      windowsOf({ length: 5, window: 3, step: 2, padding: 'same' }).flatMap((window) =>
        [0, 1].map((out) =>
          window.reduce(
            (sum, { offset, place }) =>
              sum + [0, 1].reduce((part, c) => part + x![start + place * 2 + c]! * w![(offset * 2 + c) * 2 + out]!, 0),
            0,
          ),
        ),
      ),
    ),
}

const volume = [1, 2, 3, 4, 1] as const
const cube = [2, 2, 2] as const

function volumeWindows(shape: Shape, window: Shape, step: number, padding: Padding) {
  return [0, 1, 2].map((axis) => windowsOf({ length: shape[axis + 1]!, window: window[axis]!, step, padding }))
}

const conv3d: GradientCase = {
  name: 'convolution over three axes',
  inputs: [input(volume), input([...cube, 1, 2])],
  compute: (x, w) => tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, 2, 'same'),
  reference: (x, w) => {
    const [deep, down, across] = volumeWindows(volume, cube, 2, 'same')
    return placesOf([deep!.length, down!.length, across!.length, 2]).map(([k, i, j, out]) => {
      let sum = 0
      for (const a of deep![k!]!)
        for (const b of down![i!]!)
          for (const c of across![j!]!)
            sum +=
              x![(a.place * 3 + b.place) * 4 + c.place]! * w![((a.offset * 2 + b.offset) * 2 + c.offset) * 2 + out!]!
      return sum
    })
  },
}

type Pool = (numbers: readonly number[]) => number
const average: Pool = (numbers) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length
const largest: Pool = (numbers) => Math.max(...numbers)

function pool2d(window: number, step: number, padding: Padding, image: Shape): GradientCase[] {
  const [batch, height, width, channels] = image as [number, number, number, number]
  const down = windowsOf({ length: height, window, step, padding })
  const across = windowsOf({ length: width, window, step, padding })
  const pad = (typeof padding === 'string' ? padding : padding[0]) as 'same'
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

function pool3d(window: number, step: number, padding: 'same' | 'valid'): GradientCase[] {
  const [deep, down, across] = volumeWindows(volume, [window, window, window], step, padding)
  const reference = (pool: Pool) => (x?: Float64Array) =>
    placesOf([deep!.length, down!.length, across!.length]).map(([k, i, j]) =>
      pool(
        deep![k!]!.flatMap((a) =>
          down![i!]!.flatMap((b) => across![j!]!.map((c) => x![(a.place * 3 + b.place) * 4 + c.place]!)),
        ),
      ),
    )
  const inputs = [input(volume, 'distinct')]
  const rest = `of ${window} in three axes, step ${step}, padding ${padding}`
  return [
    {
      name: `average ${rest}`,
      inputs,
      compute: (x) => tf.avgPool3d(x as tf.Tensor5D, window, step, padding),
      reference: reference(average),
    },
    {
      name: `maximum ${rest}`,
      inputs,
      compute: (x) => tf.maxPool3d(x as tf.Tensor5D, window, step, padding),
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

export const convolutionCases: readonly GradientCase[] = [
  conv2d('same', 1, 1),
  conv2d('same', 2, 1),
  conv2d('valid', 2, 1),
  conv2d([1, 2], 2, 1),
  conv2d('same', 1, 2),
  conv2d('valid', 1, 2),
  conv2d('valid', 1, 1, 'NCHW'),
  depthwise('same', 1, 1),
  depthwise('valid', 2, 1),
  depthwise('same', 1, 2),
  transposed('same', 2),
  transposed('same', 1),
  transposed('valid', 2),
  separable,
  conv1d,
  fusedBias,
  conv3d,
]

export const imageCases: readonly GradientCase[] = [
  ...pool2d(2, 2, 'valid', [2, 4, 6, 2]),
  ...pool2d(2, 2, 'valid', [1, 5, 4, 1]),
  ...pool2d(3, 2, 'same', [1, 5, 4, 2]),
  ...pool2d(2, 1, 'same', [1, 3, 4, 1]),
  ...pool2d(2, 3, 'same', [1, 4, 5, 1]),
  ...pool2d(3, 2, [1, 1], [1, 5, 5, 1]),
  ...pool3d(2, 2, 'same'),
  ...pool3d(2, 1, 'valid'),
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

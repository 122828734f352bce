import * as tf from '@tensorflow/tfjs-core'
import { type GradientCase, input } from './gradient-case.ts'
import { type Axis, placesOf, type Shape, windowsOf } from './reference.ts'

export type Padding = Axis['padding']
type Steps = readonly [step?: number, dilation?: number]

/** TF.js writes explicit padding with the axes of batch and channels. */
export const padOf = (padding: Padding) => (typeof padding === 'string' ? padding : [[0, 0], padding, padding, [0, 0]])

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

export const volume = [1, 2, 3, 4, 1] as const
export type Triple = readonly [number, number, number]

/** The windows along each axis of a volume. */
export function volumeWindows(shape: Shape, window: Triple, step: Triple, padding: Padding) {
  return [0, 1, 2].map((axis) =>
    windowsOf({ length: shape[axis + 1]!, window: window[axis]!, step: step[axis]!, padding }),
  )
}

/** Filters and steps of a length for each axis: what holds for cubes alone is found out. */
function conv3d(window: Triple, step: Triple, padding: 'same' | 'valid', shape: Shape = volume): GradientCase {
  const [, , height, width] = shape as [number, number, number, number]
  const [, rows, columns] = window
  return {
    name: `convolution of [${window}], steps [${step}], padding ${padding}, volume [${shape}]`,
    inputs: [input(shape), input([...window, 1, 2])],
    compute: (x, w) => tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, [...step], padding),
    reference: (x, w) => {
      const [deep, down, across] = volumeWindows(shape, window, step, padding)
      return placesOf([deep!.length, down!.length, across!.length, 2]).map(([k, i, j, out]) => {
        let sum = 0
        for (const a of deep![k!]!)
          for (const b of down![i!]!)
            for (const c of across![j!]!)
              sum +=
                x![(a.place * height + b.place) * width + c.place]! *
                w![((a.offset * rows + b.offset) * columns + c.offset) * 2 + out!]!
        return sum
      })
    },
  }
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
  conv3d([2, 2, 2], [2, 2, 2], 'same'),
  conv3d([1, 3, 2], [1, 2, 1], 'same', [1, 2, 4, 3, 1]),
  conv3d([1, 2, 1], [2, 1, 3], 'valid', [1, 3, 3, 4, 1]),
  conv3d([1, 2, 1], [3, 4, 2], 'same', [1, 5, 6, 4, 1]),
]

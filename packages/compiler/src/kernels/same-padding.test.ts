import { type NDArray, ndarray } from '@gantry/core'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { exportModel } from '../export/export-model.ts'
import { drawFeeds, relativeDifference, runExported } from '../testing/compare.ts'

// TensorFlow's rule, by itself: ⌈input/step⌉ windows, padded by max(0, (windows - 1)·step + window - input), the smaller half before.
// TF.js cannot be asked: its own volumes are padded by negative numbers where a step is longer than the window.

interface Axis {
  readonly length: number
  readonly window: number
  readonly step: number
}

/** For each window, the places of the input that it sees, and their places in the window. */
function seen({ length, window, step }: Axis): (readonly [place: number, offset: number])[][] {
  const count = Math.ceil(length / step)
  const before = Math.floor(Math.max(0, (count - 1) * step + window - length) / 2)
  return Array.from({ length: count }, (_, index) =>
    Array.from({ length: window }, (_, offset) => [index * step - before + offset, offset] as const).filter(
      ([place]) => place >= 0 && place < length,
    ),
  )
}

const strided = (place: readonly number[], lengths: readonly number[]) =>
  place.reduce((index, own, axis) => index * lengths[axis]! + own, 0)

function product<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>((all, list) => all.flatMap((start) => list.map((own) => [...start, own])), [[]])
}

/** Every window of one image of one channel: its own place, and what it sees as [place in the image, place in the window]. */
function windowsOf(axes: readonly Axis[]): { readonly at: number; readonly sees: [number, number][] }[] {
  const perAxis = axes.map(seen)
  const lengths = axes.map(({ length }) => length)
  const sizes = axes.map(({ window }) => window)
  return product(perAxis).map((windows, at) => ({
    at,
    sees: product(windows).map((places) => [
      strided(
        places.map(([place]) => place),
        lengths,
      ),
      strided(
        places.map(([, offset]) => offset),
        sizes,
      ),
    ]),
  }))
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)

type Sizes = readonly number[]
type Operation = (x: tf.Tensor, w: tf.Tensor, window: Sizes, step: Sizes, small: Sizes) => tf.Tensor

/** By the number of axes; `w` is a filter of one channel in and out. */
const operations: Record<string, Record<number, Operation>> = {
  maximum: {
    1: (x, _w, [window], [step]) => tf.pool(expand(x), [1, window!], 'max', 'same', [1, 1], [1, step!]),
    2: (x, _w, window, step) =>
      tf.maxPool(x as tf.Tensor4D, [...window] as [number, number], [...step] as [number, number], 'same'),
    3: (x, _w, window, step) =>
      tf.maxPool3d(
        x as tf.Tensor5D,
        [...window] as [number, number, number],
        [...step] as [number, number, number],
        'same',
      ),
  },
  average: {
    1: (x, _w, [window], [step]) => tf.pool(expand(x), [1, window!], 'avg', 'same', [1, 1], [1, step!]),
    2: (x, _w, window, step) =>
      tf.avgPool(x as tf.Tensor4D, [...window] as [number, number], [...step] as [number, number], 'same'),
    3: (x, _w, window, step) =>
      tf.avgPool3d(
        x as tf.Tensor5D,
        [...window] as [number, number, number],
        [...step] as [number, number, number],
        'same',
      ),
  },
  convolution: {
    1: (x, w, _window, [step]) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, step!, 'same'),
    2: (x, w, _window, step) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, [...step] as [number, number], 'same'),
    3: (x, w, _window, step) =>
      tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, [...step] as [number, number, number], 'same'),
  },
  'depthwise convolution': {
    2: (x, w, _window, step) =>
      tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, [...step] as [number, number], 'same'),
  },
  'transposed convolution': {
    2: (x, w, _window, step, small) =>
      tf.conv2dTranspose(
        cut(x, small) as tf.Tensor4D,
        w as tf.Tensor4D,
        x.shape as [number, number, number, number],
        [...step] as [number, number],
        'same',
      ),
    3: (x, w, _window, step, small) =>
      tf.conv3dTranspose(
        cut(x, small) as tf.Tensor5D,
        w as tf.Tensor5D,
        x.shape as [number, number, number, number, number],
        [...step] as [number, number, number],
        'same',
      ),
  },
}

const expand = (x: tf.Tensor) => tf.expandDims(x, 1) as tf.Tensor4D
const cut = (x: tf.Tensor, small: Sizes) =>
  tf.slice(
    x,
    x.shape.map(() => 0),
    [1, ...small, 1],
  )

function reference(name: string, axes: readonly Axis[], x: NDArray, w: NDArray): number[] {
  const [numbers, weights] = [Array.from(x.data, Number), Array.from(w.data, Number)]
  const windows = windowsOf(axes)
  if (name === 'maximum') return windows.map(({ sees }) => Math.max(...sees.map(([place]) => numbers[place]!)))
  if (name === 'average') return windows.map(({ sees }) => sum(sees.map(([place]) => numbers[place]!)) / sees.length)
  if (name !== 'transposed convolution')
    return windows.map(({ sees }) => sum(sees.map(([place, offset]) => numbers[place]! * weights[offset]!)))
  const result = numbers.map(() => 0)
  const lengths = axes.map(({ length }) => length)
  // The small image stands in the corner of the large one.
  const places = product(axes.map((axis) => [...seen(axis).keys()])).map((place) => strided(place, lengths))
  for (const { at, sees } of windows) {
    for (const [place, offset] of sees) result[place]! += numbers[places[at]!]! * weights[offset]!
  }
  return result
}

const windows: Record<number, (readonly [Sizes, Sizes])[]> = {
  1: [1, 2, 3].flatMap((window) => [1, 2, 4, 5].map((step) => [[window], [step]] as const)),
  2: [
    [
      [1, 1],
      [2, 2],
    ],
    [
      [2, 3],
      [3, 2],
    ],
    [
      [1, 2],
      [4, 1],
    ],
    [
      [3, 1],
      [5, 3],
    ],
    [
      [2, 2],
      [4, 4],
    ],
    [
      [3, 3],
      [2, 2],
    ],
  ],
  3: [
    [
      [1, 1, 1],
      [2, 2, 2],
    ],
    [
      [2, 1, 3],
      [3, 2, 1],
    ],
    [
      [1, 2, 2],
      [4, 3, 2],
    ],
    [
      [2, 3, 1],
      [4, 5, 3],
    ],
  ],
}
const lengths: Record<number, Sizes[]> = {
  1: [[4], [5], [6], [7], [9]],
  2: [
    [4, 7],
    [9, 5],
    [6, 6],
  ],
  3: [
    [4, 5, 7],
    [6, 9, 4],
  ],
}

describe.each(
  Object.entries(operations).flatMap(([name, ranks]) =>
    Object.keys(ranks).map((rank) => [name, Number(rank)] as const),
  ),
)("%s padded 'same' along %d axes is TensorFlow's", (name, rank) => {
  it.each(windows[rank]!)('window %j, step %j', async (window, step) => {
    // TF.js refuses steps of different lengths here.
    const steps = name === 'depthwise convolution' ? step.map(() => step[0]!) : step
    const filter = { dtype: 'float32', shape: [...window, 1, 1] } as const
    const open = lengths[rank]!.map(() => ['height', 'width', 'depth'].slice(0, rank))[0]!
    const isOpen = !name.startsWith('transposed')
    for (const own of lengths[rank]!) {
      const axes = own.map((length, axis) => ({ length, window: window[axis]!, step: steps[axis]! }))
      const small = axes.map((axis) => seen(axis).length)
      const inputs = { x: { dtype: 'float32', shape: [1, ...(isOpen ? open : own), 1] }, w: filter } as const
      const program = ({ x, w }: Readonly<Record<string, tf.Tensor>>) => ({
        y: operations[name]![rank]!(x!, w!, window, steps, small),
      })
      const bytes = await exportModel(program, { inputs })
      const feeds = drawFeeds({ ...inputs, x: { dtype: 'float32', shape: [1, ...own, 1] } }, 1)
      const { y } = await runExported(bytes, feeds)
      const expected = Float32Array.from(reference(name, axes, feeds.x!, feeds.w!))
      expect(relativeDifference(y!, ndarray('float32', y!.shape, expected))).toBeLessThan(1e-6)
    }
  })
})

import { type NDArray, ndarray, RandomStream, sizeOfShape } from '@gantry/core'
import { createModel, encodeModel, type Graph, optimizeGraph } from '@gantry/onnx'
import { describe, expect, it } from 'vitest'
import type { Recording } from '../../recording/recording.ts'
import { recordingBackend } from '../../recording/recording-backend.ts'
import { runExported } from '../../testing/compare.ts'
import { convolutionWindow, type SlidingAxis, type Window, type WindowAttributes } from '../window.ts'
import { bandsOf } from './algorithms/band.ts'
import { type PhasedAxis, phasedAxis } from './algorithms/phased-axis.ts'
import { toomCook } from './algorithms/toom-cook.ts'
import { candidateForms, chooseForm } from './choose-form.ts'
import type { ConvolutionForm } from './convolution-form.ts'
import { transformedForm } from './transformed-form.ts'

interface Geometry extends WindowAttributes {
  /** [batch, height, width, channels], channels last whatever the format. */
  readonly image: readonly [number, number, number, number]
  /** [height, width, in, out]. */
  readonly filter: readonly [number, number, number, number]
}

const geometries: Readonly<Record<string, Geometry>> = {
  'same, 3×3': { image: [2, 8, 8, 3], filter: [3, 3, 3, 4], strides: 1, pad: 'same' },
  'same, 5×5 on 7×7': { image: [3, 7, 7, 4], filter: [5, 5, 4, 2], strides: 1, pad: 'same' },
  'stride 2, 5×5, even': { image: [2, 14, 14, 3], filter: [5, 5, 3, 4], strides: 2, pad: 'same' },
  'stride 2, 4×4': { image: [2, 8, 8, 3], filter: [4, 4, 3, 5], strides: 2, pad: 'same' },
  'stride 2, 3×3, odd': { image: [2, 9, 7, 3], filter: [3, 3, 3, 4], strides: 2, pad: 'same' },
  'stride 3 of height, 1 of width': { image: [1, 10, 6, 2], filter: [4, 3, 2, 3], strides: [3, 1], pad: 'same' },
  'stride above the kernel': { image: [2, 9, 9, 2], filter: [2, 2, 2, 3], strides: 3, pad: 'valid' },
  'valid, oblong kernel': { image: [2, 9, 6, 3], filter: [2, 4, 3, 4], strides: 1, pad: 'valid' },
  'valid, rows that no window reads': { image: [2, 10, 10, 2], filter: [3, 3, 2, 2], strides: 2, pad: 'valid' },
  'explicit padding': {
    image: [2, 6, 5, 2],
    filter: [4, 4, 2, 3],
    strides: 2,
    pad: [
      [0, 0],
      [1, 2],
      [3, 0],
      [0, 0],
    ],
  },
  'padding beyond the kernel': { image: [1, 4, 4, 2], filter: [3, 3, 2, 2], strides: 1, pad: 3 },
  'kernel larger than the image': { image: [2, 3, 3, 2], filter: [5, 5, 2, 3], strides: 1, pad: 'same' },
  'dilation 2': { image: [2, 9, 9, 2], filter: [3, 3, 2, 3], strides: 1, dilations: 2, pad: 'same' },
  'one pixel': { image: [2, 5, 4, 3], filter: [1, 1, 3, 4], strides: 1, pad: 'same' },
  'one pixel, stride 2': { image: [2, 5, 4, 3], filter: [1, 1, 3, 4], strides: 2, pad: 'same' },
  'one channel': { image: [4, 28, 28, 1], filter: [5, 5, 1, 3], strides: 2, pad: 'same' },
  'channels first': { image: [2, 8, 6, 3], filter: [3, 3, 3, 4], strides: 1, pad: 'same', dataFormat: 'NCHW' },
  'one image, many channels': { image: [1, 9, 10, 40], filter: [3, 3, 40, 56], strides: 1, pad: 'same' },
  'one image, many channels, stride 2': { image: [1, 12, 14, 20], filter: [4, 4, 20, 60], strides: 2, pad: 'same' },
  'one image, valid': { image: [1, 9, 7, 3], filter: [3, 3, 3, 4], strides: 2, pad: 'valid' },
  'large image': { image: [1, 37, 22, 2], filter: [3, 3, 2, 2], strides: 1, pad: 'same' },
}

function inFormat([batch, height, width, channels]: readonly number[], { dataFormat }: WindowAttributes): number[] {
  return dataFormat === 'NCHW' ? [batch!, channels!, height!, width!] : [batch!, height!, width!, channels!]
}

/** Numbers of an image by batch, row, column and channel, in either format. */
function pixels({ shape, data }: NDArray, { dataFormat }: WindowAttributes) {
  const [, b, c, d] = shape as [number, number, number, number]
  const offset = (n: number, y: number, x: number, channel: number) =>
    dataFormat === 'NCHW' ? ((n * b + channel) * c + y) * d + x : ((n * b + y) * c + x) * d + channel
  const numbers = data as Float64Array | Float32Array
  return {
    get: (...place: [number, number, number, number]) => numbers[offset(...place)]!,
    add: (value: number, ...place: [number, number, number, number]) => {
      numbers[offset(...place)]! += value
    },
  }
}

/** y, dx and dw by their definitions, in float64. */
function reference(window: Window, geometry: Geometry, x: NDArray, w: NDArray, dy: NDArray) {
  const [vertical, horizontal] = window.axes as [SlidingAxis, SlidingAxis]
  const results = {
    y: ndarray('float64', window.outShape),
    dx: ndarray('float64', window.inShape),
    dw: ndarray('float64', w.shape),
  }
  const [image, gradient, y, dx] = [x, dy, results.y, results.dx].map((array) => pixels(array, geometry))
  for (let n = 0; n < window.batch; n++) {
    for (let row = 0; row < vertical.output; row++) {
      for (let column = 0; column < horizontal.output; column++) {
        for (let up = 0; up < vertical.filter; up++) {
          const top = row * vertical.stride + up * vertical.dilation - vertical.before
          if (top < 0 || top >= vertical.input) continue
          for (let left = 0; left < horizontal.filter; left++) {
            const side = column * horizontal.stride + left * horizontal.dilation - horizontal.before
            if (side < 0 || side >= horizontal.input) continue
            for (let i = 0; i < window.inChannels; i++) {
              for (let o = 0; o < window.outChannels; o++) {
                const tap = ((up * horizontal.filter + left) * window.inChannels + i) * window.outChannels + o
                const weight = w.data[tap] as number
                y!.add(image!.get(n, top, side, i) * weight, n, row, column, o)
                dx!.add(gradient!.get(n, row, column, o) * weight, n, top, side, i)
                results.dw.data[tap]! += image!.get(n, top, side, i) * gradient!.get(n, row, column, o)
              }
            }
          }
        }
      }
    }
  }
  return results
}

/** A graph of y, dx and dw in one form. */
function record(geometry: Geometry, window: Window, form: ConvolutionForm): Graph {
  let graph: Graph | undefined
  recordingBackend().record('forms', { convolutions: 'fast' }, (recording: Recording) => {
    const [x, filter, dy] = [
      recording.feed('x', 'float32', window.inShape),
      recording.feed('w', 'float32', geometry.filter),
      recording.feed('dy', 'float32', window.outShape),
    ]
    const parts = { window, attributes: geometry }
    const results = {
      y: form.forward(recording, { ...parts, x, filter }),
      dx: form.overInput(recording, { ...parts, dy, filter }),
      dw: form.overFilter(recording, { ...parts, x, dy, filterShape: geometry.filter }),
    }
    for (const [name, result] of Object.entries(results)) {
      recording.builder.output(name, recording.place(result), { dtype: 'float32', shape: result.shape })
    }
    graph = optimizeGraph(recording.builder.build())
  })
  return graph!
}

function drawn(name: string, shape: readonly number[]): NDArray {
  return ndarray('float32', shape, new RandomStream(7, name).fillNormal(new Float32Array(sizeOfShape(shape))))
}

/** Root of the mean square of the differences, relative to that of the numbers. */
function relativeError(actual: NDArray, expected: NDArray): number {
  expect(actual.shape).toEqual(expected.shape)
  const numbers = Array.from(expected.data as Float64Array)
  const differences = numbers.map((value, index) => value - Number(actual.data[index]))
  return Math.hypot(...differences) / Math.max(Math.hypot(...numbers), Number.MIN_VALUE)
}

function windowOf(geometry: Geometry): Window {
  return convolutionWindow(inFormat(geometry.image, geometry), geometry.filter, geometry)
}

describe.each(Object.entries(geometries))('%s', (_, geometry) => {
  const window = windowOf(geometry)
  const [x, w, dy] = [drawn('x', window.inShape), drawn('w', geometry.filter), drawn('dy', window.outShape)]
  const expected = reference(window, geometry, x, w, dy)

  it.each(candidateForms(window).map(({ name, form }) => [name, form] as const))('%s', async (name, form) => {
    const graph = record(geometry, window, form)
    const actual = await runExported(encodeModel(createModel(graph)), { x, w, dy })
    // Interpolation loses a digit to plain sums and to Fourier transforms.
    const tolerance = name.startsWith('toom-cook') ? 1e-5 : 1e-6
    for (const result of ['y', 'dx', 'dw'] as const) {
      expect(relativeError(actual[result]!, expected[result]), result).toBeLessThan(tolerance)
    }
  })
})

describe.each(['same, 3×3', 'stride 2, 5×5, even', 'valid, oblong kernel', 'channels first', 'large image'])(
  '%s in bands',
  (name) => {
    const geometry = geometries[name]!
    const window = windowOf(geometry)
    const algorithm = toomCook(window.axes.map(phasedAxis) as [PhasedAxis, PhasedAxis], 2)
    const feeds = { x: drawn('x', window.inShape), w: drawn('w', geometry.filter), dy: drawn('dy', window.outShape) }
    const expected = reference(window, geometry, feeds.x, feeds.w, feeds.dy)

    it.each([2, 3, 1000])('where at most a %ith may be there at a time', async (count) => {
      const whole = record(geometry, window, transformedForm(algorithm))
      const numbers = sizeOfShape([...algorithm.points, ...algorithm.tiles, window.batch])
      const phases = sizeOfShape(algorithm.axes.map(({ stride }) => stride))
      const largest = (numbers * Math.max(phases * window.inChannels, window.outChannels)) / count
      const graph = record(geometry, window, transformedForm(algorithm, largest))
      const products = (own: Graph) => own.nodes.filter(({ operator }) => operator === 'MatMul').length
      expect(products(graph)).toBeGreaterThan(products(whole))
      const actual = await runExported(encodeModel(createModel(graph)), feeds)
      for (const result of ['y', 'dx', 'dw'] as const) {
        expect(relativeError(actual[result]!, expected[result]), result).toBeLessThan(1e-5)
      }
    })
  },
)

it('gives every tile to one band, and bands to small images only one', () => {
  const axis = (input: number) =>
    phasedAxis({ input, output: input, filter: 3, stride: 1, dilation: 1, before: 1 } as SlidingAxis)
  const algorithm = toomCook([axis(32), axis(32)], 4)
  const bands = bandsOf(algorithm, 3)
  expect(bands.map(({ tiles }) => tiles)).toEqual([
    [3, 8],
    [2, 8],
    [3, 8],
  ])
  expect(bands.map(({ ownOutput }) => ownOutput[0]!.rows)).toEqual([12, 8, 12])
  expect(bandsOf(algorithm, 3)).toBe(bands)
  expect(bandsOf(toomCook([axis(4), axis(4)], 2), 3)).toHaveLength(1)
})

const form = (geometry: Geometry) => {
  const window = windowOf(geometry)
  return candidateForms(window).reduce((best, candidate) => (candidate.cost < best.cost ? candidate : best)).name
}

it.each([
  ['a few channels', [64, 28, 28, 1], [5, 5, 1, 64], 2, 'input patches'],
  ['a few channels as output', [64, 32, 32, 256], [3, 3, 256, 3], 1, 'output patches'],
  ['large kernels on small images', [64, 7, 7, 256], [5, 5, 256, 128], 1, 'fourier'],
  ['3×3 in the middle of a network', [64, 16, 16, 128], [3, 3, 128, 128], 1, 'toom-cook 4'],
  ['one pixel', [64, 16, 16, 128], [1, 1, 128, 64], 1, 'pointwise'],
  ['large kernels on large images', [4, 64, 64, 64], [9, 9, 64, 64], 1, 'direct'],
] as const)('chooses for %s', (_, image, filter, strides, expected) => {
  expect(form({ image, filter, strides, pad: 'same' })).toBe(expected)
})

it('shares the transforms of x, w and dy between a convolution and its gradients', () => {
  const geometry: Geometry = { image: [8, 7, 7, 32], filter: [5, 5, 32, 32], strides: 1, pad: 'same' }
  const window = windowOf(geometry)
  const { nodes } = record(geometry, window, candidateForms(window).find(({ name }) => name === 'fourier')!.form)
  const count = (operator: string) => nodes.filter((node) => node.operator === operator).length
  expect({ products: count('MatMul'), transforms: count('Gemm') }).toEqual({ products: 3, transforms: 6 })
})

it('leaves convolutions to ONNX where a recording asks for that', () => {
  const window = windowOf(geometries['same, 3×3']!)
  recordingBackend().record('direct', {}, (recording) => {
    expect(chooseForm(recording, window)).toBe(candidateForms(window)[0]!.form)
  })
})

import { reshape, square, sub, sum, type Tensor, type Variable } from '@tensorflow/tfjs-core'
import { FilteredConv2D } from '../layers/filtered-conv2d.ts'
import { demodulation, enlargingConvolution, modulatedConvolution } from '../operations/modulated-convolution.ts'
import { BLUR, type Resampling } from '../operations/resampling-matrix.ts'
import { ENLARGE, REDUCE, upfirdn2d } from '../operations/upfirdn2d.ts'
import {
  differentiate,
  differentiated,
  type Formula,
  type Numbers,
  normal,
  range,
  total,
  variableOf,
} from './formula.ts'
import { type Images, imagesOf, mapPixels } from './nested-images.ts'

type Values = readonly number[]

/** A sum of squares, and its slopes by what a result is made of. */
function squares(
  name: string,
  starts: Readonly<Record<string, Numbers>>,
  result: (tensors: Readonly<Record<string, Tensor>>) => Tensor,
  reference: (values: Readonly<Record<string, Values>>) => Values,
  variables: Readonly<Record<string, Variable>> = {},
): Formula {
  const values = Object.fromEntries(Object.entries(starts).map(([own, numbers]) => [own, numbers.values]))
  const state = Object.fromEntries(
    Object.entries(starts).map(([own, numbers]) => [own, variables[own] ?? variableOf(numbers)]),
  )
  const wanted = reference(values).map((_, index) => Math.sin(index))
  return {
    name,
    feeds: { wanted: { shape: [wanted.length], values: wanted } },
    state,
    program: (feeds) => differentiate(state, () => sum(square(sub(reshape(result(state), [-1]), feeds.wanted!)))),
    expected: () =>
      differentiated(values, (own) => total(reference(own).map((value, index) => (value - wanted[index]!) ** 2))),
  }
}

/** Zeros behind every pixel, a border, a convolution along both axes, and every few pixels of it: one after the other. */
function resampled(
  images: Images,
  { up = 1, down = 1, padding = [0, 0], gain = 1 }: Resampling,
  filter: Values,
): Images {
  const [batch, height, width, channels] = images.shape
  const length = (own: number) => own * up + padding[0] + padding[1]
  const padded = (image: number, row: number, column: number, channel: number) => {
    const [top, left] = [row - padding[0], column - padding[0]]
    return top % up === 0 && left % up === 0 ? images.at(image, top / up, left / up, channel) : 0
  }
  const taps = filter.length
  const after = (own: number) => Math.floor((length(own) - taps) / down) + 1
  const shape = [batch, after(height), after(width), channels] as const
  const values = mapPixels(shape, (image, row, column, channel) =>
    total(
      range(taps).flatMap((below) =>
        range(taps).map((right) => {
          const seen = padded(image, row * down + below, column * down + right, channel)
          return seen * filter[taps - 1 - below]! * filter[taps - 1 - right]! * gain ** 2
        }),
      ),
    ),
  )
  return imagesOf(shape, values)
}

const valuesOf = (images: Images) => mapPixels(images.shape, images.at)

function resampling(name: string, shape: Values, own: Resampling, filter: Values = BLUR): Formula {
  return squares(
    `upfirdn2d ${name} of [${shape}]`,
    { images: normal('images', ...shape) },
    ({ images }) => upfirdn2d(images!, own, filter),
    ({ images }) => valuesOf(resampled(imagesOf(shape, images!), own, filter)),
  )
}

/** A weight by row, column, input and output. */
const weightsOf =
  ([side, , inputs, outputs]: Values, values: Values) =>
  (row: number, column: number, input: number, output: number) =>
    values[((row * side! + column) * inputs! + input) * outputs! + output]!

type Weight = (row: number, column: number, input: number, output: number, sample: number) => number

/** Correlation with zeros around, each sample with its own weights, from `before` pixels outside on, at every `stride`. */
function correlated(
  images: Images,
  weight: Weight,
  [side, outputs]: Values,
  { before = 0, stride = 1 }: { readonly before?: number; readonly stride?: number } = {},
): Images {
  const [batch, height, width, inputs] = images.shape
  const length = (own: number) => Math.floor((own + 2 * before - side!) / stride) + 1
  const shape = [batch, length(height), length(width), outputs!] as const
  const values = mapPixels(shape, (image, top, left, output) =>
    total(
      range(side!).flatMap((row) =>
        range(side!).flatMap((column) =>
          range(inputs).map(
            (input) =>
              images.at(image, top * stride + row - before, left * stride + column - before, input) *
              weight(row, column, input, output, image),
          ),
        ),
      ),
    ),
  )
  return imagesOf(shape, values)
}

/** Zeros behind every pixel, a convolution (not a correlation), and the filter, cut to twice the side. */
function enlarged(images: Images, weight: Weight, [side, outputs]: Values): Images {
  const [batch, height, width, channels] = images.shape
  const spread = resampled(images, { up: 2 }, [1])
  const cut = imagesOf(
    [batch, height * 2 - 1, width * 2 - 1, channels],
    mapPixels([batch, height * 2 - 1, width * 2 - 1, channels], spread.at),
  )
  const flipped: Weight = (row, column, ...others) => weight(side! - 1 - row, side! - 1 - column, ...others)
  const made = correlated(cut, flipped, [side!, outputs!], { before: side! - 1 })
  const border = 2 - (side! - 1) / 2
  return resampled(made, { padding: [border, border], gain: 2 }, BLUR)
}

interface Modulation {
  readonly images: Values
  readonly kernel: Values
  readonly options: { readonly demodulate?: boolean; readonly gain?: number; readonly up?: boolean }
}

/** Equations 1 and 3: kernels of every sample, written out. */
function modulation({ images, kernel, options }: Modulation): Formula {
  const { demodulate = true, gain = 1, up = false } = options
  const [side, , inputs, outputs] = kernel as [number, number, number, number]
  const styles = [images[0]!, inputs]
  return squares(
    `a kernel of [${kernel}] modulated on [${images}] with ${JSON.stringify(options)}`,
    { images: normal('images', ...images), kernel: normal('kernel', ...kernel), styles: normal('styles', ...styles) },
    (own) => modulatedConvolution(own.images!, own.kernel!, own.styles!, options),
    (own) => {
      const weight = weightsOf(kernel, own.kernel!)
      const scaled: Weight = (row, column, input, output, sample) =>
        weight(row, column, input, output) * own.styles![sample * inputs + input]!
      const energy = (output: number, sample: number) =>
        total(
          range(side).flatMap((row) =>
            range(side).flatMap((column) =>
              range(inputs).map((input) => scaled(row, column, input, output, sample) ** 2),
            ),
          ),
        )
      // The same for every pixel.
      const spreads = range(outputs).map((output) =>
        range(images[0]!).map((sample) => (demodulate ? Math.sqrt(energy(output, sample) + 1e-8) : 1)),
      )
      const final: Weight = (row, column, input, output, sample) =>
        (scaled(row, column, input, output, sample) / spreads[output]![sample]!) * gain
      const given = imagesOf(images, own.images!)
      return valuesOf(
        up
          ? enlarged(given, final, [side, outputs])
          : correlated(given, final, [side, outputs], { before: (side - 1) / 2 }),
      )
    },
  )
}

function demodulated(): Formula {
  const kernel = [3, 3, 2, 3]
  return squares(
    'demodulation alone',
    { kernel: normal('kernel', ...kernel), styles: normal('styles', 2, 2) },
    (own) => demodulation(own.kernel!, own.styles!),
    (own) =>
      range(2).flatMap((sample) =>
        range(3).map((output) => {
          const energies = own.kernel!.map((value, index) =>
            index % 3 === output ? (value * own.styles![sample * 2 + (Math.floor(index / 3) % 2)]!) ** 2 : 0,
          )
          return 1 / Math.sqrt(total(energies) + 1e-8)
        }),
      ),
  )
}

/** A layer's kernel is scaled by √(1/fan in). */
function filteredConvolution(by: 'up' | 'down', side: number, shape: Values): Formula {
  const kernel = [side, side, shape[3]!, 2]
  const layer = new FilteredConv2D({ filters: 2, kernelSize: side, by, useBias: false })
  layer.build([...shape])
  const starts = { images: normal('images', ...shape), kernel: normal('kernel', ...kernel) }
  const own = layer.weights[0]!.read() as Variable
  own.assign(variableOf(starts.kernel))
  return squares(
    `a convolution of ${side} pixels ${by} on [${shape}]`,
    starts,
    ({ images }) => layer.apply(images!) as Tensor,
    (values) => {
      const scale = 1 / Math.sqrt(side ** 2 * shape[3]!)
      const weight = weightsOf(
        kernel,
        values.kernel!.map((value) => value * scale),
      )
      const given = imagesOf(shape, values.images!)
      if (by === 'up') return valuesOf(enlarged(given, weight, [side, 2]))
      const border = (side - 1) / 2 + 1
      const blurred = resampled(given, { padding: [border, border] }, BLUR)
      return valuesOf(correlated(blurred, weight, [side, 2], { stride: 2 }))
    },
    { kernel: own },
  )
}

function enlarging(side: number): Formula {
  const [images, kernel] = [
    [1, 3, 2, 2],
    [side, side, 2, 1],
  ]
  return squares(
    `an enlarging convolution of ${side} pixels`,
    { images: normal('images', ...images), kernel: normal('kernel', ...kernel) },
    (own) => enlargingConvolution(own.images!, own.kernel!),
    (own) => valuesOf(enlarged(imagesOf(images, own.images!), weightsOf(kernel, own.kernel!), [side, 1])),
  )
}

/** Resampling, and convolutions that resample or are another for every sample. */
export const resamplingFormulas: readonly Formula[] = [
  resampling('twice as large', [2, 4, 6, 2], ENLARGE),
  resampling('twice as large, odd sizes,', [1, 3, 5, 1], ENLARGE),
  resampling('half as large', [2, 6, 4, 2], REDUCE),
  resampling('half as large, odd sizes,', [1, 5, 7, 1], REDUCE),
  resampling('filtered only', [1, 5, 4, 2], { padding: [2, 1] }),
  resampling('cut at the borders', [1, 6, 7, 1], { padding: [-1, 2], gain: 3 }),
  resampling('three halves, by an uneven filter,', [1, 4, 5, 1], { up: 3, down: 2, padding: [1, 2] }, [1, -2, 5]),
  resampling('by a filter of one tap', [1, 3, 3, 1], { down: 2 }, [2]),
  // Long rows, in blocks: of an even number of rows, and of one that no block divides.
  resampling('of long rows, twice as many,', [1, 66, 2, 1], ENLARGE),
  resampling('of long rows, half as many,', [1, 2, 131, 1], REDUCE),
  demodulated(),
  modulation({ images: [2, 3, 3, 2], kernel: [1, 1, 2, 3], options: { demodulate: false } }),
  modulation({ images: [2, 3, 4, 2], kernel: [3, 3, 2, 2], options: {} }),
  modulation({ images: [2, 3, 3, 2], kernel: [3, 3, 2, 1], options: { gain: Math.SQRT2, demodulate: false } }),
  modulation({ images: [2, 2, 3, 2], kernel: [3, 3, 2, 2], options: { up: true, gain: Math.SQRT2 } }),
  enlarging(1),
  enlarging(3),
  enlarging(5),
  filteredConvolution('down', 3, [1, 4, 6, 2]),
  filteredConvolution('down', 1, [1, 4, 4, 2]),
  filteredConvolution('up', 3, [1, 2, 3, 2]),
  filteredConvolution('up', 1, [1, 3, 2, 2]),
]

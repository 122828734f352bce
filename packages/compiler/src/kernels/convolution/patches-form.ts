import { ndarray } from '@gantry/core'
import { attribute } from '@gantry/onnx'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { Recording } from '../../recording/recording.ts'
import { dtypeOf } from '../kernel.ts'
import { isChannelsLast, type SlidingAxis, type Window, type WindowAttributes } from '../window.ts'
import type { ConvolutionForm } from './convolution-form.ts'
import { spaceFirst } from './space-first.ts'

/** For each tap and output of one axis, the pixel that is read; -1 beyond the image. */
function pixelOf({ input, stride, dilation, before }: SlidingAxis, tap: number, output: number): number {
  const pixel = output * stride + tap * dilation - before
  return pixel < input ? Math.max(pixel, -1) : -1
}

/**
 * Which rows of an image [height, width, channels] stand in its patches [taps, channels, outputs]. The row after the last is
 * one of zeros.
 */
function rowsOfPatches({ axes, inChannels }: Window): number[] {
  const [vertical, horizontal] = axes as [SlidingAxis, SlidingAxis]
  const zeros = vertical.input * horizontal.input * inChannels
  const rows: number[] = []
  for (let up = 0; up < vertical.filter; up++) {
    for (let left = 0; left < horizontal.filter; left++) {
      for (let channel = 0; channel < inChannels; channel++) {
        for (let row = 0; row < vertical.output; row++) {
          const y = pixelOf(vertical, up, row)
          for (let column = 0; column < horizontal.output; column++) {
            const x = pixelOf(horizontal, left, column)
            rows.push(y < 0 || x < 0 ? zeros : (y * horizontal.input + x) * inChannels + channel)
          }
        }
      }
    }
  }
  return rows
}

/** The other way round: for each row of an image the places in its patches, [overlaps, rows]; filled up with a row of zeros. */
function placesOfRows(
  rows: readonly number[],
  count: number,
): { readonly overlaps: number; readonly places: number[] } {
  const places = Array.from({ length: count }, () => [] as number[])
  for (const [place, row] of rows.entries()) places[row]?.push(place)
  const overlaps = Math.max(...places.map((own) => own.length))
  return {
    overlaps,
    places: Array.from({ length: overlaps * count }, (_, index) => {
      return places[index % count]![Math.floor(index / count)] ?? rows.length
    }),
  }
}

/** Height, width, channels, batch. */
function batchLast(attributes: WindowAttributes) {
  return isChannelsLast(attributes) ? [1, 2, 3, 0] : [2, 3, 1, 0]
}

const sizeOf = ({ axes }: Window, length: (axis: SlidingAxis) => number) =>
  axes.reduce((product, axis) => product * length(axis), 1)

function withZeros(recording: Recording, rows: string, batch: number): string {
  const zeros = recording.builder.constant(ndarray('float32', [1, batch], new Float32Array(batch)))
  return recording.node('Concat', [rows, zeros], { axis: attribute.int(0) })
}

/** x as [taps · channels, outputs · batch]. */
function patches(recording: Recording, x: TensorInfo, window: Window, attributes: WindowAttributes): string {
  const { batch, inChannels } = window
  const image = recording.place(x, batchLast(attributes))
  const rows = recording.node('Reshape', [image, recording.integers([-1, batch])])
  const picked = recording.node('Gather', [
    withZeros(recording, rows, batch),
    recording.integers(rowsOfPatches(window)),
  ])
  const height = sizeOf(window, ({ filter }) => filter) * inChannels
  return recording.node('Reshape', [picked, recording.integers([height, -1])])
}

/** [rows, channels] of an image, or of a kernel. */
function matrixOf(recording: Recording, name: string, channels: number): string {
  return recording.node('Reshape', [name, recording.integers([-1, channels])])
}

/**
 * Convolutions of images with few channels: the pixels under each window are gathered, and one product of matrices does the
 * rest. The gradient by x gathers too: for each pixel the places where it was read.
 */
export const patchesForm: ConvolutionForm = {
  forward(recording, { x, filter, window, attributes }) {
    const y = recording.node(
      'Gemm',
      [patches(recording, x, window, attributes), matrixOf(recording, recording.place(filter), window.outChannels)],
      { transA: attribute.int(1) },
    )
    return recording.keepReshaped(y, 'float32', window.outShape, spaceFirst(attributes))
  },
  overInput(recording, { dy, filter, window, attributes }) {
    const { batch, inChannels, outChannels } = window
    const image = recording.place(dy, spaceFirst(attributes))
    const gradients = recording.node(
      'Gemm',
      [matrixOf(recording, recording.place(filter), outChannels), matrixOf(recording, image, outChannels)],
      { transB: attribute.int(1) },
    )
    const rows = withZeros(recording, matrixOf(recording, gradients, batch), batch)
    const count = sizeOf(window, ({ input }) => input) * inChannels
    const { overlaps, places } = placesOfRows(rowsOfPatches(window), count)
    const picked = recording.node('Reshape', [
      recording.node('Gather', [rows, recording.integers(places)]),
      recording.integers([overlaps, count, batch]),
    ])
    const sum = recording.node('ReduceSum', [picked, recording.integers([0])], { keepdims: attribute.int(0) })
    return recording.keepReshaped(sum, dtypeOf(dy), window.inShape, batchLast(attributes))
  },
  overFilter(recording, { x, dy, window, attributes, filterShape }) {
    const dw = recording.node('Gemm', [
      patches(recording, x, window, attributes),
      matrixOf(recording, recording.place(dy, spaceFirst(attributes)), window.outChannels),
    ])
    return recording.keepReshaped(dw, 'float32', filterShape)
  },
}

import { ndarray } from '@gantry/core'
import { attribute } from '@gantry/onnx'
import type { Recording } from '../../recording/recording.ts'
import type { SlidingAxis, Window } from '../window.ts'

/**
 * Which rows of an image stand in its patches, and the other way round. An image is a matrix of [pixels · channels, batch], its
 * patches are one of [taps · channels, places · batch]; both are moved by whole rows of a batch.
 */
export interface Gathering {
  readonly batch: number
  /** Rows of the image. */
  readonly rows: number
  /** Taps times channels. */
  readonly height: number
  /** For each row of the patches [taps, channels, places] the row of the image; `rows` itself where there is none. */
  readonly sources: readonly number[]
}

type Pair = (axis: SlidingAxis, tap: number, place: number) => number | undefined

/** The pixel that a window at this output reads with this tap. */
const pixelRead: Pair = ({ input, stride, dilation, before }, tap, output) => {
  const pixel = output * stride + tap * dilation - before
  return pixel >= 0 && pixel < input ? pixel : undefined
}

/** The output whose window reads this pixel with this tap. */
const outputReading: Pair = ({ output, stride, dilation, before }, tap, pixel) => {
  const place = (pixel + before - tap * dilation) / stride
  return Number.isInteger(place) && place >= 0 && place < output ? place : undefined
}

type Length = (axis: SlidingAxis) => number

const inputLength: Length = ({ input }) => input
const outputLength: Length = ({ output }) => output

function gathering({ axes, batch }: Window, channels: number, from: Length, to: Length, pair: Pair): Gathering {
  const [vertical, horizontal] = axes as [SlidingAxis, SlidingAxis]
  const rows = from(vertical) * from(horizontal) * channels
  const sources: number[] = []
  for (let up = 0; up < vertical.filter; up++) {
    for (let left = 0; left < horizontal.filter; left++) {
      for (let channel = 0; channel < channels; channel++) {
        for (let y = 0; y < to(vertical); y++) {
          const row = pair(vertical, up, y)
          for (let x = 0; x < to(horizontal); x++) {
            const column = pair(horizontal, left, x)
            const missing = row === undefined || column === undefined
            sources.push(missing ? rows : (row * from(horizontal) + column) * channels + channel)
          }
        }
      }
    }
  }
  return { batch, rows, height: vertical.filter * horizontal.filter * channels, sources }
}

/** Of x: for each output the pixels under its window. */
export function pixelsUnderWindows(window: Window): Gathering {
  return gathering(window, window.inChannels, inputLength, outputLength, pixelRead)
}

/** Of y: for each pixel the outputs whose windows read it. */
export function outputsOverPixels(window: Window): Gathering {
  return gathering(window, window.outChannels, outputLength, inputLength, outputReading)
}

function withZeros(recording: Recording, rows: string, batch: number): string {
  const zeros = recording.builder.constant(ndarray('float32', [1, batch], new Float32Array(batch)))
  return recording.node('Concat', [rows, zeros], { axis: attribute.int(0) })
}

/** The patches of an image [height, width, channels, batch], as a matrix. */
export function gather(recording: Recording, image: string, { batch, height, sources }: Gathering): string {
  const rows = recording.node('Reshape', [image, recording.integers([-1, batch])])
  const picked = recording.node('Gather', [withZeros(recording, rows, batch), recording.integers(sources)])
  return recording.node('Reshape', [picked, recording.integers([height, -1])])
}

/** The image [height · width · channels, batch] in which every row of patches is added to its source. */
export function scatter(recording: Recording, patches: string, { batch, rows, sources }: Gathering): string {
  const places = Array.from({ length: rows }, () => [] as number[])
  for (const [place, row] of sources.entries()) places[row]?.push(place)
  const overlaps = Math.max(...places.map(({ length }) => length))
  const picked = recording.node('Gather', [
    withZeros(recording, recording.node('Reshape', [patches, recording.integers([-1, batch])]), batch),
    recording.integers(
      Array.from({ length: overlaps * rows }, (_, index) => {
        return places[index % rows]![Math.floor(index / rows)] ?? sources.length
      }),
    ),
  ])
  const shaped = recording.node('Reshape', [picked, recording.integers([overlaps, rows, batch])])
  return recording.node('ReduceSum', [shaped, recording.integers([0])], { keepdims: attribute.int(0) })
}

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
  readonly sources: Int32Array<ArrayBuffer>
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
  const sources = new Int32Array(vertical.filter * horizontal.filter * channels * to(vertical) * to(horizontal))
  let place = 0
  for (let up = 0; up < vertical.filter; up++) {
    for (let left = 0; left < horizontal.filter; left++) {
      for (let channel = 0; channel < channels; channel++) {
        for (let y = 0; y < to(vertical); y++) {
          const row = pair(vertical, up, y)
          for (let x = 0; x < to(horizontal); x++) {
            const column = pair(horizontal, left, x)
            const missing = row === undefined || column === undefined
            sources[place++] = missing ? rows : (row * from(horizontal) + column) * channels + channel
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
  const picked = recording.node('Gather', [withZeros(recording, rows, batch), recording.places(sources)])
  return recording.node('Reshape', [picked, recording.integers([height, -1])])
}

/** In how many places of its patches a row stands at most. */
function overlapsOf(sources: Int32Array, rows: number): number {
  const counts = new Int32Array(rows)
  for (const row of sources) if (row < rows) counts[row]!++
  return counts.reduce((most, count) => Math.max(most, count), 0)
}

/** For each row its places in the patches, [overlaps, rows]; the place after the last where there are fewer. */
function placesOf(sources: Int32Array, rows: number, overlaps: number): Int32Array<ArrayBuffer> {
  const places = new Int32Array(overlaps * rows).fill(sources.length)
  const found = new Int32Array(rows)
  for (const [place, row] of sources.entries()) if (row < rows) places[found[row]!++ * rows + row] = place
  return places
}

/** The image [height · width · channels, batch] in which every row of patches is added to its source. */
export function scatter(recording: Recording, patches: string, { batch, rows, sources }: Gathering): string {
  const overlaps = overlapsOf(sources, rows)
  const picked = recording.node('Gather', [
    withZeros(recording, recording.node('Reshape', [patches, recording.integers([-1, batch])]), batch),
    recording.places(placesOf(sources, rows, overlaps)),
  ])
  const shaped = recording.node('Reshape', [picked, recording.integers([overlaps, rows, batch])])
  return recording.node('ReduceSum', [shaped, recording.integers([0])], { keepdims: attribute.int(0) })
}

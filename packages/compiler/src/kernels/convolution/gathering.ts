import { ndarray } from '@gantry/core'
import { attribute } from '@gantry/onnx'
import type { Recording } from '../../recording/recording.ts'
import type { SlidingAxis, Window } from '../window.ts'

/** Rows of numbers that are moved as a whole, and where to. */
interface Stage {
  /** Numbers of a row. */
  readonly width: number
  /** Rows that there are. */
  readonly rows: number
  /** For each row that is made the one that it is; `rows` itself where there is none, which stands for zeros. */
  readonly sources: Int32Array<ArrayBuffer>
}

/**
 * How the patches of an image are made of it, and the other way round.
 *
 * - By rows of a batch: an image is a matrix of [pixels · channels, batch], its patches are one of [taps · channels, places · batch].
 * - By pixels ({@link movesPixels}): an image is a matrix of [pixels · batch, channels], its patches are one of [places · batch,
 *   taps · channels]. What a window reads of a row of the image is put together first, and moved as one then.
 */
export interface Gathering {
  readonly byPixels: boolean
  /** Taps times channels. */
  readonly height: number
  readonly stages: readonly Stage[]
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

interface Sides {
  readonly channels: number
  readonly from: Length
  readonly to: Length
  readonly pair: Pair
}

/**
 * Whether pixels are moved rather than rows of a batch: where they have more numbers, and there are more patches than a patch has
 * numbers. Otherwise a kernel is the largest matrix of its product, and has to stand first: ONNX Runtime repacks the second.
 */
export function movesPixels({ axes, batch }: Window, channels: number, places: number): boolean {
  const taps = axes.reduce((product, { filter }) => product * filter, 1)
  return channels > batch && places * batch > taps * channels
}

function gathering(window: Window, sides: Sides): Gathering {
  const [vertical, horizontal] = window.axes as [SlidingAxis, SlidingAxis]
  const byPixels = movesPixels(window, sides.channels, sides.to(vertical) * sides.to(horizontal))
  const height = vertical.filter * horizontal.filter * sides.channels
  return { byPixels, height, stages: byPixels ? stagesByPixels(window, sides) : [stageByBatch(window, sides)] }
}

/** Patches [taps, channels, places] of rows of a batch. */
function stageByBatch({ axes, batch }: Window, { channels, from, to, pair }: Sides): Stage {
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
  return { width: batch, rows, sources }
}

/** First [rows, places of a row, batch, taps of a row] of pixels, then [places, batch, taps of a column] of these. */
function stagesByPixels({ axes, batch }: Window, { channels, from, to, pair }: Sides): Stage[] {
  const [vertical, horizontal] = axes as [SlidingAxis, SlidingAxis]
  const across = slide(batch, { outer: from(vertical), axis: horizontal, inner: 1 }, { from, to, pair })
  const down = slide(batch, { outer: 1, axis: vertical, inner: to(horizontal) }, { from, to, pair })
  return [
    { width: channels, ...across },
    { width: channels * horizontal.filter, ...down },
  ]
}

/** Rows [outer, places, inner, batch, taps] of rows [outer, length, inner, batch]. */
function slide(
  batch: number,
  { outer, axis, inner }: { readonly outer: number; readonly axis: SlidingAxis; readonly inner: number },
  { from, to, pair }: Pick<Sides, 'from' | 'to' | 'pair'>,
): Pick<Stage, 'rows' | 'sources'> {
  const within = inner * batch
  const rows = outer * from(axis) * within
  const sources = new Int32Array(outer * to(axis) * within * axis.filter)
  let at = 0
  for (let block = 0; block < outer; block++) {
    for (let place = 0; place < to(axis); place++) {
      for (let row = 0; row < within; row++) {
        for (let tap = 0; tap < axis.filter; tap++) {
          const read = pair(axis, tap, place)
          sources[at++] = read === undefined ? rows : (block * from(axis) + read) * within + row
        }
      }
    }
  }
  return { rows, sources }
}

/** Of x: for each output the pixels under its window. */
export function pixelsUnderWindows(window: Window): Gathering {
  return gathering(window, { channels: window.inChannels, from: inputLength, to: outputLength, pair: pixelRead })
}

/** Of y: for each pixel the outputs whose windows read it. */
export function outputsOverPixels(window: Window): Gathering {
  return gathering(window, { channels: window.outChannels, from: outputLength, to: inputLength, pair: outputReading })
}

function withZeros(recording: Recording, rows: string, width: number): string {
  const zeros = recording.builder.constant(ndarray('float32', [1, width], new Float32Array(width)))
  return recording.node('Concat', [rows, zeros], { axis: attribute.int(0) })
}

/** The patches of an image, as a matrix. */
export function gather(recording: Recording, image: string, { byPixels, height, stages }: Gathering): string {
  const picked = stages.reduce((value, { width, rows, sources }) => {
    const own = recording.node('Reshape', [value, recording.integers([-1, width])])
    // Reading past the border is what zeros are for.
    const complete = byPixels && !sources.includes(rows)
    return recording.node('Gather', [complete ? own : withZeros(recording, own, width), recording.places(sources)])
  }, image)
  return recording.node('Reshape', [picked, recording.integers(byPixels ? [-1, height] : [height, -1])])
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

/** The image in which every row of patches is added to its source. */
export function scatter(recording: Recording, patches: string, { byPixels, stages }: Gathering): string {
  return stages.reduceRight((value, { width, rows, sources }) => {
    const overlaps = overlapsOf(sources, rows)
    const places = placesOf(sources, rows, overlaps)
    const own = withZeros(recording, recording.node('Reshape', [value, recording.integers([-1, width])]), width)
    if (byPixels) return sumOfPicked(recording, own, places, rows)
    const picked = recording.node('Gather', [own, recording.places(places)])
    const shaped = recording.node('Reshape', [picked, recording.integers([overlaps, rows, width])])
    return recording.node('ReduceSum', [shaped, recording.integers([0])], { keepdims: attribute.int(0) })
  }, patches)
}

/**
 * For each row of an image the sum of its places, one overlap after the other: few of wide rows, of which ONNX Runtime's ReduceSum
 * takes twice as long as additions. The order of the sum is the same.
 */
function sumOfPicked(recording: Recording, own: string, places: Int32Array<ArrayBuffer>, rows: number): string {
  const overlaps = Array.from({ length: places.length / rows }, (_, overlap) =>
    recording.node('Gather', [own, recording.places(places.slice(overlap * rows, (overlap + 1) * rows))]),
  )
  return overlaps.reduce((sum, picked) => recording.node('Add', [sum, picked]))
}

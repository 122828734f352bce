import { type NDArray, ndarray, sizeOfShape } from '@gantry/core'
import { attribute } from '@gantry/onnx'
import type { Recording } from '../../recording/recording.ts'
import { type Band, bandsOf } from './algorithms/band.ts'
import type { BilinearAlgorithm } from './algorithms/bilinear-algorithm.ts'
import { type Matrix, transpose } from './algorithms/matrix.ts'
import type { PhasedAxis } from './algorithms/phased-axis.ts'

const constants = new WeakMap<Matrix, NDArray>()

function constantOf(matrix: Matrix): NDArray {
  const { rows, columns, data } = matrix
  const known = constants.get(matrix) ?? ndarray('float32', [rows, columns], Float32Array.from(data))
  constants.set(matrix, known)
  return known
}

/**
 * How many times the numbers of a kernel's transform must outweigh those of the images for {@link TransformedConvolution} to gather tiles.
 */
const GATHERED = 3

interface ImageSize {
  readonly height: number
  readonly width: number
  readonly batch: number
  readonly channels: number
}

/**
 * Records a convolution and its gradients in the domain of a {@link BilinearAlgorithm}.
 *
 * All of it is products of matrices. The transforms are ones with constants along the first axes of [height, width, batch,
 * channels] images and of [height, width, in, out] kernels, so that nothing needs to be transposed; in between stands a product
 * of [batch, in] and [in, out] for every point. Equal transforms become one node when the graph is optimised.
 *
 * A transformed image is about twice as large as the image, and a product has one on either side: of large ones, only a
 * {@link Band} is there at a time.
 */
export class TransformedConvolution {
  readonly #recording: Recording
  readonly #algorithm: BilinearAlgorithm
  readonly #input: ImageSize
  readonly #outChannels: number
  /** Channels of x with those of all phases. */
  readonly #depth: number
  readonly #bands: readonly Band[]
  /** Whether all tiles of a point are rows of one product. */
  readonly #gathers: boolean

  /** @param largest numbers of a transformed image beyond which it is computed in bands */
  constructor(
    recording: Recording,
    algorithm: BilinearAlgorithm,
    input: ImageSize,
    outChannels: number,
    largest: number,
  ) {
    this.#recording = recording
    this.#algorithm = algorithm
    this.#input = input
    this.#outChannels = outChannels
    this.#depth = algorithm.axes.reduce((product, { stride }) => product * stride, input.channels)
    const { points, tiles } = algorithm
    const numbers = sizeOfShape([...points, ...tiles, input.batch, Math.max(this.#depth, outChannels)])
    this.#bands = bandsOf(algorithm, Math.ceil(numbers / largest))
    const rows = tiles.at(-1)! * input.batch
    const weight = (this.#depth * outChannels) / (this.#depth + outChannels)
    this.#gathers = tiles.length > 1 && tiles[0]! > 1 && weight > GATHERED * rows
  }

  /** y. */
  forward(x: string, filter: string): string {
    const { batch } = this.#input
    const kernel = this.#filter(filter)
    const parts = this.#bands.map((band) => {
      const product = this.#node('MatMul', [this.#image(band, x), kernel])
      const own = this.#spread(band, product, batch, this.#outChannels)
      return this.#unapply(band.ownOutput, own, batch * this.#outChannels)
    })
    const y = parts.length === 1 ? parts[0]! : this.#node('Concat', parts, { axis: attribute.int(0) })
    const [height, width] = this.#algorithm.axes
    return this.#reshape(y, [height.outputs, width.outputs, batch, this.#outChannels])
  }

  /** dx. */
  overInput(dy: string, filter: string): string {
    const { batch } = this.#input
    const kernel = this.#swapped(this.#filter(filter))
    let sum: string | undefined
    for (const band of this.#bands) {
      const product = this.#node('MatMul', [this.#output(band, dy), kernel])
      const own = this.#spread(band, product, batch, this.#depth)
      sum = this.#unapply(band.image.map(transpose), own, batch * this.#depth, sum)
    }
    return this.#joined(sum!)
  }

  /** dw. */
  overFilter(x: string, dy: string): string {
    const { tiles, filter } = this.#algorithm
    const products = this.#bands.map((band) => {
      const product = this.#node('MatMul', [this.#swapped(this.#image(band, x)), this.#output(band, dy)])
      if (tiles.length === 1 || tiles[0] === 1 || this.#gathers) return product
      // One product for every tile of the first part: the kernel is about their sum.
      return this.#node('ReduceSum', [product, this.#recording.integers([1])], { keepdims: attribute.int(0) })
    })
    const summed = products.length === 1 ? products[0]! : this.#node('Sum', products)
    return this.#joinedFilter(this.#unapply([transpose(filter)], summed, this.#depth * this.#outChannels))
  }

  /** [points, tiles, points, tiles · rows, columns], or [points, tiles · rows, columns]: tiles lie with the batch where they can. */
  #domain(tiles: readonly number[], rows: number, columns: number): number[] {
    const { points } = this.#algorithm
    const axes = points.flatMap((count, part) => (part < points.length - 1 ? [count, tiles[part]!] : [count]))
    return [...axes, tiles.at(-1)! * rows, columns]
  }

  #image({ image, tiles }: Band, x: string): string {
    const { batch } = this.#input
    const transformed = this.#apply(image, this.#split(x), batch * this.#depth)
    return this.#gathered(this.#reshape(transformed, this.#domain(tiles, batch, this.#depth)), tiles, this.#depth)
  }

  #filter(filter: string): string {
    const { tiles, points } = this.#algorithm
    const transformed = this.#apply(
      [this.#algorithm.filter],
      this.#splitFilter(filter),
      this.#depth * this.#outChannels,
    )
    const single = tiles.map(() => 1)
    const shape = this.#domain(single, this.#depth, this.#outChannels)
    return this.#reshape(transformed, this.#gathers ? [...points, ...shape.slice(-2)] : shape)
  }

  /** Of dy: the transposed output transform. */
  #output({ output, tiles }: Band, dy: string): string {
    const { batch } = this.#input
    const transformed = this.#apply(output.map(transpose), dy, batch * this.#outChannels)
    const own = this.#reshape(transformed, this.#domain(tiles, batch, this.#outChannels))
    return this.#gathered(own, tiles, this.#outChannels)
  }

  /**
   * Images in the domain, with all tiles of a point as rows of one matrix: [points, points, tiles · tiles · batch, columns].
   *
   * Rows of tiles are products of their own otherwise, and each reads the whole kernel. Of large batches that is nothing, of a
   * single image nearly all of the time; moving a row of tiles at a time is cheap beside it.
   */
  #gathered(value: string, tiles: readonly number[], columns: number): string {
    if (!this.#gathers) return value
    const rows = sizeOfShape(tiles) * this.#input.batch
    return this.#reshape(this.#exchanged(value), [...this.#algorithm.points, rows, columns])
  }

  /** The way back from {@link #gathered}. */
  #spread({ tiles }: Band, value: string, batch: number, columns: number): string {
    if (!this.#gathers) return value
    const [first, ...others] = tiles as [number, ...number[]]
    const parts = [...this.#algorithm.points, first, sizeOfShape(others) * batch, columns]
    return this.#exchanged(this.#reshape(value, parts))
  }

  #exchanged(value: string): string {
    return this.#node('Transpose', [value], { perm: attribute.ints([0, 2, 1, 3, 4]) })
  }

  /** Multiplies the first axes by a matrix each; `rest` is the size of all others together. */
  #apply(matrices: readonly Matrix[], value: string, rest: number): string {
    const [first, second] = matrices as [Matrix, Matrix | undefined]
    const width = second?.columns ?? 1
    const rows = this.#node('Gemm', [this.#constant(first), this.#reshape(value, [first.columns, width * rest])])
    if (second === undefined) return rows
    return this.#node('MatMul', [this.#constant(second), this.#reshape(rows, [first.rows, second.columns, rest])])
  }

  /**
   * The same with the second axis first: the way back, on which the second axis is the one that lies closer together.
   *
   * @param addend what to add to it
   */
  #unapply(matrices: readonly Matrix[], value: string, rest: number, addend?: string): string {
    const [first, second] = matrices as [Matrix, Matrix | undefined]
    const columns = second && [this.#constant(second), this.#reshape(value, [first.columns, second.columns, rest])]
    const rows = columns === undefined ? value : this.#node('MatMul', columns)
    const width = second?.rows ?? 1
    const product = [this.#constant(first), this.#reshape(rows, [first.columns, width * rest])]
    return this.#node('Gemm', addend === undefined ? product : [...product, addend])
  }

  /** The last two axes exchanged, which ONNX Runtime lets the product do. */
  #swapped(value: string): string {
    const { points } = this.#algorithm
    const rank = this.#gathers ? points.length + 2 : 2 * points.length + 1
    const perm = Array.from({ length: rank }, (_, axis) => axis)
    perm.push(...perm.splice(-2).reverse())
    return this.#node('Transpose', [value], { perm: attribute.ints(perm) })
  }

  /** x as [height/s, width/s, batch, phases, channels], with zeros where a phase is longer than the image. */
  #split(x: string): string {
    if (this.#depth === this.#input.channels) return x
    const { height, width, batch, channels } = this.#input
    const [vertical, horizontal] = this.#algorithm.axes
    const after = ({ inputs, stride, shift }: PhasedAxis, length: number) => inputs * stride - shift - length
    const pads = [vertical.shift, horizontal.shift, 0, 0, after(vertical, height), after(horizontal, width), 0, 0]
    const padded = this.#padded(x, pads)
    const parts = this.#reshape(padded, [
      vertical.inputs,
      vertical.stride,
      horizontal.inputs,
      horizontal.stride,
      batch,
      channels,
    ])
    return this.#node('Transpose', [parts], { perm: attribute.ints([0, 2, 4, 1, 3, 5]) })
  }

  /** The way back from {@link #split}: each pixel is gathered from its phase, several times as fast as a transpose and a cut. */
  #joined(split: string): string {
    const { height, width, batch, channels } = this.#input
    const [vertical, horizontal] = this.#algorithm.axes
    if (this.#depth === channels) return this.#reshape(split, [height, width, batch, channels])
    const rows = new Int32Array(height * width * batch)
    let place = 0
    for (let y = vertical.shift; y < height + vertical.shift; y++) {
      for (let x = horizontal.shift; x < width + horizontal.shift; x++) {
        const { block, phase, phases } = this.#phaseOf(y, x, horizontal.inputs)
        for (let image = 0; image < batch; image++) rows[place++] = (block * batch + image) * phases + phase
      }
    }
    const pixels = this.#reshape(split, [-1, channels])
    const gathered = this.#node('Gather', [pixels, this.#recording.places(rows)], { axis: attribute.int(0) })
    return this.#reshape(gathered, [height, width, batch, channels])
  }

  /** w as [reach, reach, phases, in, out], with zeros where a phase has fewer taps. */
  #splitFilter(filter: string): string {
    const { channels } = this.#input
    if (this.#depth === channels) return filter
    const [vertical, horizontal] = this.#algorithm.axes
    const after = ({ filter: length, stride, reach, filterShift }: PhasedAxis) => stride * reach - filterShift - length
    const pads = [vertical.filterShift, horizontal.filterShift, 0, 0, after(vertical), after(horizontal), 0, 0]
    const padded = this.#padded(filter, pads)
    const taps = [vertical.reach, vertical.stride, horizontal.reach, horizontal.stride]
    const phases = this.#reshape(padded, [...taps, channels * this.#outChannels])
    return this.#node('Transpose', [phases], { perm: attribute.ints([0, 2, 1, 3, 4]) })
  }

  /** The way back from {@link #splitFilter}. */
  #joinedFilter(split: string): string {
    const [vertical, horizontal] = this.#algorithm.axes
    const { channels } = this.#input
    const shape = [vertical.filter, horizontal.filter, channels, this.#outChannels]
    if (this.#depth === channels) return this.#reshape(split, shape)
    const rows = Array.from({ length: vertical.filter * horizontal.filter }, (_, tap) => {
      const up = Math.floor(tap / horizontal.filter) + vertical.filterShift
      const left = (tap % horizontal.filter) + horizontal.filterShift
      const { block, phase, phases } = this.#phaseOf(up, left, horizontal.reach)
      return block * phases + phase
    })
    const taps = this.#reshape(split, [-1, channels * this.#outChannels])
    const gathered = this.#node('Gather', [taps, this.#recording.integers(rows)], { axis: attribute.int(0) })
    return this.#reshape(gathered, shape)
  }

  /** In which phase a pixel or tap is, and where in it; `columns` is the width of a phase. */
  #phaseOf(y: number, x: number, columns: number) {
    const [up, left] = this.#algorithm.axes.map(({ stride }) => stride) as [number, number]
    return {
      block: Math.floor(y / up) * columns + Math.floor(x / left),
      phase: (y % up) * left + (x % left),
      phases: up * left,
    }
  }

  #padded(value: string, pads: readonly number[]): string {
    if (pads.every((count) => count === 0)) return value
    return this.#node('Pad', [value, this.#recording.integers(pads), this.#recording.scalar(0)])
  }

  #constant(matrix: Matrix): string {
    return this.#recording.builder.constant(constantOf(matrix))
  }

  #reshape(value: string, shape: readonly number[]): string {
    return this.#node('Reshape', [value, this.#recording.integers(shape)])
  }

  #node(...parameters: Parameters<Recording['node']>): string {
    return this.#recording.node(...parameters)
  }
}

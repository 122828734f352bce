import { ndarray, sizeOfShape } from '@gantry/core'
import { attribute } from '@gantry/onnx'
import type { TensorInfo } from '@tensorflow/tfjs-core'
import { permute } from '../recording/layout.ts'
import type { Recording } from '../recording/recording.ts'
import { spaceFirst } from './convolution/as-matrices.ts'
import { dtypeOf } from './kernel.ts'
import type { WindowAttributes } from './window.ts'

type Format = Pick<WindowAttributes, 'dataFormat'>

/** Height and width of the blocks into which an image falls. */
export type BlockSize = readonly [height: number, width: number]

/** How many pixels of a large image belong to one of a small image; undefined unless that is the same everywhere. */
export function blockSize(large: readonly number[], small: readonly number[]): BlockSize | undefined {
  const [height, width] = large.map((length, axis) => length / small[axis]!) as [number, number]
  const whole = [height, width].every((length) => Number.isInteger(length) && length >= 1)
  return large.length === 2 && whole ? [height, width] : undefined
}

/**
 * The image with one pixel for each block of pixels: their sum times `scale`. As convolutions of a step have it, with space first:
 * there a block's rows, and then its columns, are summed by a product with a row of constants.
 */
export function sumBlocks(
  recording: Recording,
  image: TensorInfo,
  [up, left]: BlockSize,
  scale: number,
  format: Format,
): TensorInfo {
  const order = spaceFirst(format)
  const [height, width, ...others] = permute(image.shape, order) as [number, number, ...number[]]
  const rest = sizeOfShape(others)
  const sums = (name: string, count: number, factor: number, shape: readonly number[]) =>
    recording.node('MatMul', [
      recording.builder.constant(ndarray('float32', [1, count], new Float32Array(count).fill(factor))),
      recording.node('Reshape', [name, recording.integers(shape)]),
    ])
  const rows = sums(recording.place(image, order), up, scale, [height / up, up, width * rest])
  const blocks = sums(rows, left, 1, [(height / up) * (width / left), left, rest])
  const shape = image.shape.slice()
  shape[order[0]!] = height / up
  shape[order[1]!] = width / left
  return recording.keepReshaped(blocks, dtypeOf(image), shape, order)
}

/** The image with a block of equal pixels for each of its own. */
export function repeatPixels(
  recording: Recording,
  image: TensorInfo,
  [up, left]: BlockSize,
  format: Format,
): TensorInfo {
  const order = spaceFirst(format)
  const [height, width, ...others] = permute(image.shape, order) as [number, number, ...number[]]
  const columns = width * left
  const sources = Int32Array.from({ length: height * up * columns }, (_, place) => {
    return Math.floor(Math.floor(place / columns) / up) * width + Math.floor((place % columns) / left)
  })
  const rows = recording.node('Reshape', [
    recording.place(image, order),
    recording.integers([height * width, sizeOfShape(others)]),
  ])
  const repeated = recording.node('Gather', [rows, recording.places(sources)], { axis: attribute.int(0) })
  const shape = image.shape.slice()
  shape[order[0]!] = height * up
  shape[order[1]!] = columns
  return recording.keepReshaped(repeated, dtypeOf(image), shape, order)
}

/** The image with a block of pixels for each of its own, of which each has a part of the channels: depth to space. */
export function spreadChannels(recording: Recording, image: TensorInfo, side: number, format: Format): TensorInfo {
  const order = spaceFirst(format)
  const [height, width, batch, channels] = permute(image.shape, order) as [number, number, number, number]
  const rest = channels / side ** 2
  const parts = recording.node('Reshape', [
    recording.place(image, order),
    recording.integers([height, width, batch, side, side, rest]),
  ])
  const spread = recording.node('Transpose', [parts], { perm: attribute.ints([0, 3, 1, 4, 2, 5]) })
  const shape = image.shape.slice()
  for (const [axis, length] of [height * side, width * side, batch, rest].entries()) shape[order[axis]!] = length
  return recording.keepReshaped(spread, dtypeOf(image), shape, order)
}

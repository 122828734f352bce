import { ndarray } from '@gantry/core'
import { attribute } from '@gantry/onnx'
import type { Recording } from '../recording/recording.ts'
import { toInt64 } from './index-values.ts'

/** Nodes on graph values, by operator. */
export function operatorsOf(recording: Recording) {
  const node =
    (operator: string) =>
    (...inputs: string[]) =>
      recording.node(operator, inputs)
  return {
    add: node('Add'),
    subtract: node('Sub'),
    multiply: node('Mul'),
    divide: node('Div'),
    floor: node('Floor'),
    negate: node('Neg'),
    less: node('Less'),
    greater: node('Greater'),
    or: node('Or'),
    where: node('Where'),
    number: (value: number) => recording.scalar(value),
    clip: (x: string, low: number, high: number) =>
      recording.node('Clip', [x, recording.scalar(low), recording.scalar(high)]),
    axis: (x: string, axis: number) => recording.node('Unsqueeze', [x, recording.integers([axis])]),
    index: (x: string) => toInt64(recording, x),
    column: (x: string, place: number) =>
      recording.node('Slice', [
        x,
        recording.integers([place]),
        recording.integers([place + 1]),
        recording.integers([1]),
      ]),
  }
}

/** Numbers 0, 1, 2 … as a tensor of this shape. */
export function count(recording: Recording, shape: readonly number[]): string {
  const length = shape.reduce((product, own) => product * own, 1)
  return recording.builder.constant(
    ndarray(
      'float32',
      shape,
      Float32Array.from({ length }, (_, index) => index),
    ),
  )
}

/** The pixels at these coordinates (float, broadcast to [entries, height, width]), which must lie inside the images. */
function pixelsAt(
  recording: Recording,
  images: string,
  [entry, y, x]: readonly [string, string, string],
  shape: readonly number[],
): string {
  const { axis, index } = operatorsOf(recording)
  const full = recording.integers(shape)
  const coordinates = [entry, y, x].map((name) => axis(recording.node('Expand', [index(name), full]), -1))
  const places = recording.node('Concat', coordinates, { axis: attribute.int(-1) })
  return recording.node('GatherND', [images, places])
}

export interface Sampling {
  /** Float [batch, height, width, channels], as a graph value. */
  readonly images: string
  /** Which image each result shows: float, broadcast to `shape`. */
  readonly entry: string
  readonly y: string
  readonly x: string
  readonly height: number
  readonly width: number
  /** [entries, height, width] of the result. */
  readonly shape: readonly number[]
}

/** Coordinates far outside, or infinite, come near: all that counts is that they are outside. */
function nearby(recording: Recording, { y, x, height, width }: Sampling): [string, string] {
  const { clip } = operatorsOf(recording)
  return [clip(y, -2, height + 1), clip(x, -2, width + 1)]
}

/** Bilinear interpolation; pixels outside count as `fill`, or as the border's where that is undefined. */
export function bilinear(recording: Recording, sampling: Sampling, fill?: number): string {
  const { images, entry, height, width, shape } = sampling
  const [y, x] = nearby(recording, sampling)
  const { add, subtract, multiply, floor, less, greater, or, where, number, clip, axis } = operatorsOf(recording)
  const [top, left] = [floor(y), floor(x)]
  const [down, right] = [subtract(y, top), subtract(x, left)]
  const corner = (row: string, column: string) => {
    const inside = pixelsAt(recording, images, [entry, clip(row, 0, height - 1), clip(column, 0, width - 1)], shape)
    if (fill === undefined) return inside
    const outside = or(
      or(less(row, number(0)), greater(row, number(height - 1))),
      or(less(column, number(0)), greater(column, number(width - 1))),
    )
    return where(axis(outside, -1), number(fill), inside)
  }
  const between = (low: string, high: string, share: string) => add(low, multiply(subtract(high, low), axis(share, -1)))
  const [bottom, beside] = [add(top, number(1)), add(left, number(1))]
  return between(
    between(corner(top, left), corner(top, beside), right),
    between(corner(bottom, left), corner(bottom, beside), right),
    down,
  )
}

/** The pixel that a coordinate, rounded half up, hits; `fill` where it hits none. */
export function nearest(recording: Recording, sampling: Sampling, fill: number): string {
  const { images, entry, height, width, shape } = sampling
  const [y, x] = nearby(recording, sampling)
  const { add, floor, less, greater, or, where, number, clip, axis } = operatorsOf(recording)
  const [row, column] = [floor(add(y, number(0.5))), floor(add(x, number(0.5)))]
  const inside = pixelsAt(recording, images, [entry, clip(row, 0, height - 1), clip(column, 0, width - 1)], shape)
  const outside = or(
    or(less(row, number(0)), greater(row, number(height - 1))),
    or(less(column, number(0)), greater(column, number(width - 1))),
  )
  return where(axis(outside, -1), number(fill), inside)
}

/** Where a coordinate beyond the border falls. */
export function folded(recording: Recording, coordinate: string, length: number, mode: string): string {
  const { add, subtract, multiply, divide, floor, negate, less, greater, where, number, clip } = operatorsOf(recording)
  if (mode === 'nearest') return clip(coordinate, 0, length - 1)
  if (mode === 'reflect') {
    // [abcd] continues as [dcba|abcd|dcba]: a triangle wave of period 2·length.
    const period = number(2 * length)
    const turns = floor(divide(coordinate, period))
    const phase = subtract(coordinate, multiply(turns, period))
    const back = subtract(number(2 * length - 1), phase)
    return clip(where(less(phase, number(length)), phase, back), 0, length - 1)
  }
  if (mode === 'wrap') {
    // TF.js counts the turns by length - 1 and goes back by length.
    const turn = number(Math.max(length - 1, 1))
    const below = multiply(add(floor(divide(negate(coordinate), turn)), number(1)), number(length))
    const above = multiply(floor(divide(coordinate, turn)), number(length))
    const up = where(less(coordinate, number(0)), add(coordinate, below), coordinate)
    return clip(where(greater(coordinate, number(length - 1)), subtract(coordinate, above), up), 0, length - 1)
  }
  return coordinate
}

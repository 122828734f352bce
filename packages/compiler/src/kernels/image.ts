import { ndarray } from '@gantry/core'
import { attribute } from '@gantry/onnx'
import { backend_util } from '@tensorflow/tfjs-core'
import type { Recording } from '../recording.ts'
import { dtypeOf, type KernelInputs, type KernelTable } from './kernel.ts'
import { pick } from './movement.ts'
import { castTo } from './unary.ts'

/** Nodes on graph values, by operator. */
function operatorsOf(recording: Recording) {
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
    index: (x: string) => recording.node('Cast', [x], { to: attribute.int(7) }),
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
function count(recording: Recording, shape: readonly number[]): string {
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

interface Sampling {
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
function bilinear(recording: Recording, sampling: Sampling, fill?: number): string {
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
function nearest(recording: Recording, sampling: Sampling, fill: number): string {
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
function folded(recording: Recording, coordinate: string, length: number, mode: string): string {
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

export const imageKernels: KernelTable = {
  FlipLeftRight: (recording, { image }: KernelInputs) => {
    const width = image!.shape[2]!
    return pick(
      recording,
      image!,
      2,
      Array.from({ length: width }, (_, column) => width - 1 - column),
    )
  },
  /** Turned by a constant angle about a centre; pixels from outside have the fill value. */
  RotateWithOffset: (
    recording,
    { image }: KernelInputs,
    {
      radians,
      fillValue,
      center,
    }: { radians: number; fillValue: number | [number, number, number]; center: number | [number, number] },
  ) => {
    const [batch, height, width, channels] = image!.shape as [number, number, number, number]
    const [centerX, centerY] = backend_util.getImageCenter(center, height, width)
    const places: number[] = []
    const outside: number[] = []
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const [dx, dy] = [column - centerX, row - centerY]
        const x = Math.round(dx * Math.cos(radians) - dy * Math.sin(radians) + centerX)
        const y = Math.round(dx * Math.sin(radians) + dy * Math.cos(radians) + centerY)
        const hits = x >= 0 && x < width && y >= 0 && y < height
        places.push(hits ? y * width + x : 0)
        outside.push(hits ? 0 : 1)
      }
    }
    const fill = Array.from({ length: channels }, (_, channel) =>
      // A colour without opacity is opaque.
      typeof fillValue === 'number' ? fillValue : channel === 3 ? 255 : fillValue[channel]!,
    )
    const flat = recording.node('Reshape', [
      recording.place(castTo(recording, image!, 'float32')),
      recording.integers([batch, height * width, channels]),
    ])
    const turned = recording.node('Where', [
      recording.builder.constant(ndarray('bool', [height * width, 1], Uint8Array.from(outside))),
      recording.builder.constant(ndarray('float32', [channels], Float32Array.from(fill))),
      recording.node('Gather', [flat, recording.integers(places)], { axis: attribute.int(1) }),
    ])
    const name = recording.node('Reshape', [turned, recording.integers(image!.shape)])
    return castTo(recording, recording.keep(name, 'float32', image!.shape), dtypeOf(image!))
  },
  /** A projective transform for each image. */
  Transform: (
    recording,
    { image, transforms }: KernelInputs,
    {
      interpolation,
      fillMode,
      fillValue,
      outputShape,
    }: {
      interpolation: 'nearest' | 'bilinear'
      fillMode: string
      fillValue: number
      outputShape?: [number, number]
    },
  ) => {
    const [batch, height, width, channels] = image!.shape as [number, number, number, number]
    const [outHeight, outWidth] = outputShape ?? [height, width]
    const { add, multiply, divide, where, number, axis, column } = operatorsOf(recording)
    const parameters = recording.place(transforms!)
    const parameter = (place: number) => axis(column(parameters, place), -1)
    const [row, line] = [count(recording, [1, outHeight, 1]), count(recording, [1, 1, outWidth])]
    const linear = (x: number, y: number, offset: string) =>
      add(add(multiply(parameter(x), line), multiply(parameter(y), row)), offset)
    const depth = linear(6, 7, number(1))
    // At the horizon there is nothing to see.
    const horizon = recording.node('Equal', [depth, number(0)])
    const scale = where(horizon, number(1), depth)
    const sampling: Sampling = {
      images: recording.place(castTo(recording, image!, 'float32')),
      entry: count(recording, [batch, 1, 1]),
      x: folded(recording, divide(linear(0, 1, parameter(2)), scale), width, fillMode),
      y: folded(recording, divide(linear(3, 4, parameter(5)), scale), height, fillMode),
      height,
      width,
      shape: [batch, outHeight, outWidth],
    }
    const seen =
      interpolation === 'nearest' ? nearest(recording, sampling, fillValue) : bilinear(recording, sampling, fillValue)
    const name = where(axis(horizon, -1), number(fillValue), seen)
    const result = recording.keep(name, 'float32', [batch, outHeight, outWidth, channels])
    return castTo(recording, result, dtypeOf(image!))
  },
  /** Boxes (y1, x1, y2, x2 in fractions of the image) cut out and resized. */
  CropAndResize: (
    recording,
    { image, boxes, boxInd }: KernelInputs,
    {
      cropSize,
      method,
      extrapolationValue,
    }: { cropSize: [number, number]; method: 'nearest' | 'bilinear'; extrapolationValue: number },
  ) => {
    const [, height, width, channels] = image!.shape as [number, number, number, number]
    const entries = boxes!.shape[0]!
    const shape = [entries, ...cropSize]
    const { add, subtract, multiply, less, greater, or, where, number, axis, column } = operatorsOf(recording)
    const corners = recording.place(boxes!)
    /** Coordinates of the crop's rows (or columns) in the image: [entries, length]. */
    const coordinates = (first: number, last: number, crop: number, length: number) => {
      const [start, end] = [column(corners, first), column(corners, last)]
      if (crop === 1) return multiply(add(start, end), number(0.5 * (length - 1)))
      const step = multiply(subtract(end, start), number((length - 1) / (crop - 1)))
      return add(multiply(start, number(length - 1)), multiply(count(recording, [1, crop]), step))
    }
    const y = axis(coordinates(0, 2, cropSize[0], height), 2)
    const x = axis(coordinates(1, 3, cropSize[1], width), 1)
    const sampling: Sampling = {
      images: recording.place(castTo(recording, image!, 'float32')),
      entry: axis(axis(recording.place(castTo(recording, boxInd!, 'float32')), -1), -1),
      y,
      x,
      height,
      width,
      shape,
    }
    const inside =
      method === 'nearest' ? nearest(recording, sampling, extrapolationValue) : bilinear(recording, sampling)
    const outside = or(
      or(less(y, number(0)), greater(y, number(height - 1))),
      or(less(x, number(0)), greater(x, number(width - 1))),
    )
    const name = where(axis(outside, -1), number(extrapolationValue), inside)
    return recording.keep(name, 'float32', [...shape, channels])
  },
}

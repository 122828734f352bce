import { ndarray } from '@gantry/core'
import { attribute } from '@gantry/onnx'
import { backend_util } from '@tensorflow/tfjs-core'
import { dtypeOf, type KernelInputs, type KernelTable } from './kernel.ts'
import { pick } from './movement.ts'
import { bilinear, count, folded, nearest, operatorsOf, type Sampling } from './pixel-sampling.ts'
import { castTo } from './unary.ts'

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

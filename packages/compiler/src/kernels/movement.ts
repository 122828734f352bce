import { invertPermutation, sizeOfShape } from '@gantry/core'
import { attribute } from '@gantry/onnx'
import { backend_util, slice_util, type TensorInfo, util } from '@tensorflow/tfjs-core'
import { isIdentity, type Permutation, permute, sameShape } from '../recording/layout.ts'
import type { Recording } from '../recording/recording.ts'
import { broadcastTo } from './binary.ts'
import { spaceFirst } from './convolution/as-matrices.ts'
import { dtypeOf, type KernelInputs, type KernelTable } from './kernel.ts'

export function reshape(recording: Recording, x: TensorInfo, shape: readonly number[]): TensorInfo {
  return recording.keepValue(recording.reshaped(recording.value(x), shape))
}

/** The same value as a result of its own: TF.js disposes of inputs and outputs separately. */
export function same(recording: Recording, x: TensorInfo): TensorInfo {
  return recording.keepValue(recording.value(x))
}

/** Appends a node that changes lengths of axes but not their order; `emit` gets the data and the places of the axes. */
function resizeAxes(
  recording: Recording,
  x: TensorInfo,
  shape: readonly number[],
  emit: (name: string, permutation: Permutation) => string,
): TensorInfo {
  const { permutation } = recording.value(x)
  const name = emit(recording.place(x, permutation), permutation)
  return recording.keep(name, dtypeOf(x), shape, permutation)
}

export function slice(
  recording: Recording,
  x: TensorInfo,
  begin: readonly number[],
  size: readonly number[],
): TensorInfo {
  if (sameShape(size, x.shape)) return same(recording, x)
  return resizeAxes(recording, x, size, (name, permutation) => {
    const axes = permutation.flatMap((axis, place) => (size[axis] === x.shape[axis] ? [] : [{ axis, place }]))
    return recording.node('Slice', [
      name,
      recording.integers(axes.map(({ axis }) => begin[axis]!)),
      recording.integers(axes.map(({ axis }) => begin[axis]! + size[axis]!)),
      recording.integers(axes.map(({ place }) => place)),
    ])
  })
}

/** Ends of slices that reach the axis's end or beginning, whatever its length: `Slice` counts -1 from the end. */
const TO_END = 2 ** 31 - 1
const TO_BEGINNING = -(2 ** 31)

/**
 * Every so many entries of each axis, from `begin` up or down to `end`, which is left out. Axes that are taken whole are not mentioned,
 * and ends of axes are written as such: the graph is the same for axes of every length.
 */
function steppedSlice(
  recording: Recording,
  x: TensorInfo,
  begin: readonly number[],
  end: readonly number[],
  steps: readonly number[],
): TensorInfo {
  const shape = x.shape.map((_, axis) => Math.max(Math.ceil((end[axis]! - begin[axis]!) / steps[axis]!), 0))
  const isWhole = (axis: number) => steps[axis] === 1 && shape[axis] === x.shape[axis]
  if (shape.every((_, axis) => isWhole(axis))) return same(recording, x)
  return resizeAxes(recording, x, shape, (name, permutation) => {
    const axes = permutation.flatMap((axis, place) => (isWhole(axis) ? [] : [{ axis, place }]))
    const starts = axes.map(({ axis }) => {
      const fromEnd = steps[axis]! < 0 && begin[axis] === x.shape[axis]! - 1
      return fromEnd ? TO_END : begin[axis]!
    })
    const ends = axes.map(({ axis }) => {
      if (steps[axis]! < 0) return end[axis]! < 0 ? TO_BEGINNING : end[axis]!
      return end[axis] === x.shape[axis] ? TO_END : end[axis]!
    })
    return recording.node('Slice', [
      name,
      recording.integers(starts),
      recording.integers(ends),
      recording.integers(axes.map(({ place }) => place)),
      recording.integers(axes.map(({ axis }) => steps[axis]!)),
    ])
  })
}

function concat(recording: Recording, inputs: readonly TensorInfo[], axis: number): TensorInfo {
  backend_util.assertParamsConsistent(inputs.map(({ shape }) => shape) as number[][], axis)
  const parts = inputs.filter((input) => input.shape[axis] !== 0)
  const [first = inputs[0]!] = parts
  if (parts.length === 0) return recording.keepValue(recording.value(first))
  const shape = first.shape.map((length, own) =>
    own === axis ? inputs.reduce((sum, input) => sum + input.shape[axis]!, 0) : length,
  )
  const values = parts.map((input) => recording.value(input))
  // Fast convolutions take images with space first: parts of their channels are moved to it one by one, not all together.
  const permutation =
    recording.convolutions === 'fast' && shape.length === 4 && axis === 3
      ? spaceFirst({ dataFormat: 'NHWC' })
      : (values.find((value) => !isIdentity(value.permutation))?.permutation ?? recording.value(first).permutation)
  const place = invertPermutation(permutation)[axis]!
  const name = recording.node(
    'Concat',
    values.map((value) => recording.place(value, permutation)),
    { axis: attribute.int(place) },
  )
  return recording.keep(name, dtypeOf(first), shape, permutation)
}

/** Picks whole entries along one axis by constant positions. */
export function pick(recording: Recording, x: TensorInfo, axis: number, positions: readonly number[]): TensorInfo {
  const shape = x.shape.map((length, own) => (own === axis ? positions.length : length))
  return resizeAxes(recording, x, shape, (name, permutation) =>
    recording.node('Gather', [name, recording.integers(positions)], {
      axis: attribute.int(invertPermutation(permutation)[axis]!),
    }),
  )
}

export function pad(
  recording: Recording,
  x: TensorInfo,
  paddings: readonly (readonly [number, number])[],
  constantValue = 0,
): TensorInfo {
  const shape = x.shape.map((length, axis) => length + paddings[axis]![0] + paddings[axis]![1])
  return resizeAxes(recording, x, shape, (name, permutation) => {
    const ordered = permute(paddings, permutation)
    const pads = recording.integers([...ordered.map(([before]) => before), ...ordered.map(([, after]) => after)])
    return recording.node('Pad', [name, pads, recording.scalar(constantValue, dtypeOf(x))])
  })
}

/** The same value with its axes in another order. */
export function transpose(recording: Recording, x: TensorInfo, axes: Permutation): TensorInfo {
  return recording.keepValue(recording.transposed(recording.value(x), axes))
}

/** Positions along one axis of a mirrored tensor: `reflect` leaves the border out, `symmetric` repeats it. */
function mirrored(length: number, [before, after]: readonly [number, number], mode: 'reflect' | 'symmetric'): number[] {
  const skip = mode === 'reflect' ? 1 : 0
  const positions = Array.from({ length }, (_, index) => index)
  return [
    ...positions.slice(skip, skip + before).reverse(),
    ...positions,
    ...positions.slice(length - skip - after, length - skip).reverse(),
  ]
}

export const movementKernels: KernelTable = {
  Reshape: (recording, { x }: KernelInputs, { shape }: { shape: number[] }) =>
    reshape(recording, x!, util.inferFromImplicitShape(shape, sizeOfShape(x!.shape))),
  ExpandDims: (recording, { input }: KernelInputs, { dim }: { dim: number }) => {
    const shape = [...input!.shape]
    util.assert(
      -(shape.length + 1) <= dim,
      () => `Axis must be in the interval [${-(shape.length + 1)}, ${shape.length}]`,
    )
    shape.splice(dim < 0 ? dim + shape.length + 1 : dim, 0, 1)
    return reshape(recording, input!, shape)
  },
  Transpose: (recording, { x }: KernelInputs, { perm }: { perm: number[] }) => transpose(recording, x!, perm),
  BroadcastTo: (recording, { x }: KernelInputs, { shape }: { shape: number[] }) => broadcastTo(recording, x!, shape),
  /** The shape to which two shapes, given as tensors, broadcast. */
  BroadcastArgs: (recording, { s0, s1 }: KernelInputs) => {
    const rank = Math.max(s0!.shape[0]!, s1!.shape[0]!)
    const shapes = [s0!, s1!].map((shape) => pad(recording, shape, [[rank - shape.shape[0]!, 0]], 1))
    return recording.elementwise(shapes, 'int32', ([left, right]) =>
      recording.node('Where', [recording.node('Equal', [left!, recording.scalar(1, 'int32')]), right!, left!]),
    )
  },
  Tile: (recording, { x }: KernelInputs, { reps }: { reps: number[] }) => {
    const shape = x!.shape.map((length, axis) => length * reps[axis]!)
    // Repeating an axis of length one is a broadcast.
    if (x!.shape.every((length, axis) => length === 1 || reps[axis] === 1)) return broadcastTo(recording, x!, shape)
    return resizeAxes(recording, x!, shape, (name, permutation) =>
      recording.node('Tile', [name, recording.integers(permute(reps, permutation))]),
    )
  },
  Slice: (recording, { x }: KernelInputs, { begin, size }: { begin: number | number[]; size: number | number[] }) => {
    const [start, lengths] = slice_util.parseSliceParams(x as never, begin, size)
    slice_util.assertParamsValid(x as never, start!, lengths!)
    return slice(recording, x!, start!, lengths!)
  },
  StridedSlice: (recording, { x }: KernelInputs, attributes) => {
    const { begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = attributes
    const plan = slice_util.sliceInfo(
      x!.shape as number[],
      begin,
      end,
      strides,
      beginMask,
      endMask,
      ellipsisMask,
      newAxisMask,
      shrinkAxisMask,
    )
    if (plan.isIdentity) return reshape(recording, x!, plan.finalShape)
    const sliced = steppedSlice(recording, x!, plan.begin as number[], plan.end as number[], plan.strides as number[])
    return reshape(recording, sliced, plan.finalShape)
  },
  SplitV: (
    recording,
    { x }: KernelInputs,
    { numOrSizeSplits, axis }: { numOrSizeSplits: number | number[]; axis: number },
  ) => {
    const [along] = util.parseAxisParam(axis, x!.shape as number[])
    let start = 0
    return backend_util.prepareSplitSize(x as never, numOrSizeSplits, along!).map((length) => {
      const begin = x!.shape.map((_, own) => (own === along ? start : 0))
      start += length
      return slice(
        recording,
        x!,
        begin,
        x!.shape.map((full, own) => (own === along ? length : full)),
      )
    })
  },
  Concat: (recording, inputs: readonly TensorInfo[], { axis }: { axis: number }) => {
    const [along] = util.parseAxisParam(axis, inputs[0]!.shape as number[])
    return concat(recording, inputs, along!)
  },
  Pack: (recording, inputs: readonly TensorInfo[], { axis }: { axis: number }) => {
    const [first] = inputs
    for (const { shape, dtype } of inputs) {
      util.assertShapesMatch(first!.shape, shape, 'All tensors passed to stack must have matching shapes')
      util.assert(first!.dtype === dtype, () => 'All tensors passed to stack must have matching dtypes')
    }
    const rank = first!.shape.length + 1
    const along = axis < 0 ? axis + rank : axis
    const parts = inputs.map((input) =>
      reshape(recording, input, [...input.shape.slice(0, along), 1, ...input.shape.slice(along)]),
    )
    return concat(recording, parts, along)
  },
  Unpack: (recording, { value }: KernelInputs, { axis }: { axis: number }) => {
    const along = axis < 0 ? axis + value!.shape.length : axis
    const shape = value!.shape.filter((_, own) => own !== along)
    return Array.from({ length: value!.shape[along]! }, (_, index) => {
      const begin = value!.shape.map((_length, own) => (own === along ? index : 0))
      const size = value!.shape.map((length, own) => (own === along ? 1 : length))
      return reshape(recording, slice(recording, value!, begin, size), shape)
    })
  },
  PadV2: (
    recording,
    { x }: KernelInputs,
    { paddings, constantValue }: { paddings: [number, number][]; constantValue: number },
  ) => pad(recording, x!, paddings, constantValue),
  MirrorPad: (
    recording,
    { x }: KernelInputs,
    { paddings, mode }: { paddings: [number, number][]; mode: 'reflect' | 'symmetric' },
  ) =>
    paddings.reduce(
      (padded, padding, axis) => {
        if (padding[0] === 0 && padding[1] === 0) return padded
        return pick(recording, padded, axis, mirrored(padded.shape[axis]!, padding, mode))
      },
      same(recording, x!),
    ),
  Reverse: (recording, { x }: KernelInputs, { dims }: { dims: number | number[] }) => {
    const axes = util.parseAxisParam(dims, x!.shape as number[])
    const turned = (axis: number) => axes.includes(axis)
    return steppedSlice(
      recording,
      x!,
      x!.shape.map((length, axis) => (turned(axis) ? length - 1 : 0)),
      x!.shape.map((length, axis) => (turned(axis) ? -1 : length)),
      x!.shape.map((_, axis) => (turned(axis) ? -1 : 1)),
    )
  },
}

import { invertPermutation, sizeOfShape } from '@gantry/core'
import { attribute } from '@gantry/onnx'
import { backend_util, slice_util, type TensorInfo, util } from '@tensorflow/tfjs-core'
import { isIdentity, type Permutation, permute, sameShape } from '../layout.ts'
import type { Recording } from '../recording.ts'
import { broadcastTo } from './binary.ts'
import { dtypeOf, type Kernel, type KernelInputs, type KernelTable } from './kernel.ts'

function reshape(recording: Recording, x: TensorInfo, shape: readonly number[]): TensorInfo {
  return recording.keepValue(recording.reshaped(recording.value(x), shape))
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

function slice(recording: Recording, x: TensorInfo, begin: readonly number[], size: readonly number[]): TensorInfo {
  if (sameShape(size, x.shape)) return recording.keepValue(recording.value(x))
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

function concat(recording: Recording, inputs: readonly TensorInfo[], axis: number): TensorInfo {
  const parts = inputs.filter((input) => input.shape[axis] !== 0)
  const [first = inputs[0]!] = parts
  const shape = first.shape.map((length, own) =>
    own === axis ? inputs.reduce((sum, input) => sum + input.shape[axis]!, 0) : length,
  )
  const values = parts.map((input) => recording.value(input))
  const permutation =
    values.find((value) => !isIdentity(value.permutation))?.permutation ?? recording.value(first).permutation
  const place = invertPermutation(permutation)[axis]!
  const name = recording.node(
    'Concat',
    values.map((value) => recording.place(value, permutation)),
    { axis: attribute.int(place) },
  )
  return recording.keep(name, dtypeOf(first), shape, permutation)
}

/** Picks whole entries along one axis by constant positions. */
function pick(recording: Recording, x: TensorInfo, axis: number, positions: readonly number[]): TensorInfo {
  const shape = x.shape.map((length, own) => (own === axis ? positions.length : length))
  return resizeAxes(recording, x, shape, (name, permutation) =>
    recording.node('Gather', [name, recording.integers(positions)], {
      axis: attribute.int(invertPermutation(permutation)[axis]!),
    }),
  )
}

const gather: Kernel = (
  recording,
  { x, indices }: KernelInputs,
  { axis, batchDims = 0 }: { axis: number; batchDims?: number },
) => {
  const [along] = util.parseAxisParam(axis, x!.shape as number[])
  if (batchDims === 0) {
    const shape = [...x!.shape.slice(0, along), ...indices!.shape, ...x!.shape.slice(along! + 1)]
    const name = recording.node('Gather', [recording.place(x!), recording.place(indices!)], {
      axis: attribute.int(along!),
    })
    return recording.keep(name, dtypeOf(x!), shape)
  }
  // One gather a batch entry: the batch axes become one, and every entry's positions are shifted to its own rows.
  const info = backend_util.segment_util.collectGatherOpShapeInfo(x as never, indices as never, along!, batchDims)
  const rows = reshape(recording, x!, [info.batchSize, info.outerSize, info.dimSize, info.sliceSize])
  const parts = Array.from({ length: info.batchSize }, (_, entry) => {
    const own = slice(recording, rows, [entry, 0, 0, 0], [1, info.outerSize, info.dimSize, info.sliceSize])
    const flat = reshape(recording, indices!, [info.batchSize, sizeOfShape(indices!.shape) / info.batchSize])
    const positions = reshape(recording, slice(recording, flat, [entry, 0], [1, flat.shape[1]!]), [flat.shape[1]!])
    const name = recording.node('Gather', [recording.place(own), recording.place(positions)], {
      axis: attribute.int(2),
    })
    return recording.keep(name, dtypeOf(x!), [1, info.outerSize, flat.shape[1]!, info.sliceSize])
  })
  return reshape(recording, concat(recording, parts, 0), info.outputShape)
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
    shape.splice(dim < 0 ? dim + shape.length + 1 : dim, 0, 1)
    return reshape(recording, input!, shape)
  },
  Transpose: (recording, { x }: KernelInputs, { perm }: { perm: number[] }) =>
    recording.keepValue(recording.transposed(recording.value(x!), perm)),
  BroadcastTo: (recording, { x }: KernelInputs, { shape }: { shape: number[] }) => broadcastTo(recording, x!, shape),
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
    const steps = plan.strides as number[]
    const starts = plan.begin as number[]
    const positions = (axis: number): number[] => {
      const out: number[] = []
      const stop = (plan.end as number[])[axis]!
      for (let index = starts[axis]!; steps[axis]! > 0 ? index < stop : index > stop; index += steps[axis]!)
        out.push(index)
      return out
    }
    const picked = steps.reduce((sliced, _, axis) => pick(recording, sliced, axis, positions(axis)), x!)
    return reshape(recording, picked, plan.finalShape)
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
    const rank = inputs[0]!.shape.length + 1
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
  GatherV2: gather,
  PadV2: (
    recording,
    { x }: KernelInputs,
    { paddings, constantValue }: { paddings: [number, number][]; constantValue: number },
  ) => {
    const shape = x!.shape.map((length, axis) => length + paddings[axis]![0] + paddings[axis]![1])
    return resizeAxes(recording, x!, shape, (name, permutation) => {
      const ordered = permute(paddings, permutation)
      const pads = recording.integers([...ordered.map(([before]) => before), ...ordered.map(([, after]) => after)])
      return recording.node('Pad', [name, pads, recording.scalar(constantValue, dtypeOf(x!))])
    })
  },
  MirrorPad: (
    recording,
    { x }: KernelInputs,
    { paddings, mode }: { paddings: [number, number][]; mode: 'reflect' | 'symmetric' },
  ) =>
    paddings.reduce((padded, padding, axis) => {
      if (padding[0] === 0 && padding[1] === 0) return padded
      return pick(recording, padded, axis, mirrored(padded.shape[axis]!, padding, mode))
    }, x!),
  Reverse: (recording, { x }: KernelInputs, { dims }: { dims: number | number[] }) =>
    util.parseAxisParam(dims, x!.shape as number[]).reduce(
      (reversed, axis) =>
        pick(
          recording,
          reversed,
          axis,
          Array.from({ length: x!.shape[axis]! }, (_, index) => x!.shape[axis]! - 1 - index),
        ),
      x!,
    ),
  OneHot: (
    recording,
    { indices }: KernelInputs,
    {
      depth,
      onValue,
      offValue,
      dtype = 'int32',
    }: { depth: number; onValue: number; offValue: number; dtype?: 'float32' | 'int32' | 'bool' },
  ) => {
    const positions = recording.keepValue(recording.reshaped(recording.value(indices!), [...indices!.shape, 1]))
    const classes = recording.keepValue({
      dtype: 'int32',
      shape: [depth],
      permutation: [0],
      stored: [depth],
      source: { kind: 'constant', values: Int32Array.from({ length: depth }, (_, index) => index) },
    })
    return recording.elementwise([positions, classes], dtype, ([position, label]) =>
      recording.node('Where', [
        recording.node('Equal', [position!, label!]),
        recording.scalar(onValue, dtype),
        recording.scalar(offValue, dtype),
      ]),
    )
  },
}

import { sizeOfShape } from '@gantry/core'
import { type Attribute, attribute } from '@gantry/onnx'
import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core'
import { programError } from '../errors.ts'
import { identity } from '../layout.ts'
import type { RecordedDType } from '../recorded-value.ts'
import type { Recording } from '../recording.ts'
import { dtypeOf, type Kernel, type KernelInputs, type KernelTable } from './kernel.ts'
import { pick, reshape, transpose } from './movement.ts'
import { castTo } from './unary.ts'

/** Indices as ONNX wants them where int32 is not enough. */
function int64(recording: Recording, indices: TensorInfo): string {
  return recording.node('Cast', [recording.place(indices)], { to: attribute.int(7) })
}

function toInt32(recording: Recording, name: string): string {
  return recording.node('Cast', [name], { to: attribute.int(6) })
}

/** The numbers of a constant, or undefined where they are known only when the graph runs. */
function knownNumbers(recording: Recording, info: TensorInfo): readonly number[] | undefined {
  const { source } = recording.value(info)
  return source.kind === 'constant' ? Array.from(source.values) : undefined
}

function refusePosition(position: number | undefined, length: number): void {
  if (position === undefined) return
  throw programError(
    'INDEX_OUT_OF_RANGE',
    `GatherV2: the index value ${position} is not in [0, ${length - 1}].`,
    'Gather only positions that the axis has.',
  )
}

const gather: Kernel = (
  recording,
  { x, indices }: KernelInputs,
  { axis, batchDims = 0 }: { axis: number; batchDims?: number },
) => {
  const [along] = util.parseAxisParam(axis, x!.shape as number[])
  const length = x!.shape[along!]!
  refusePosition(
    knownNumbers(recording, indices!)?.find((position) => position < 0 || position >= length),
    length,
  )
  const info = backend_util.segment_util.collectGatherOpShapeInfo(x as never, indices as never, along!, batchDims)
  if (batchDims === 0) {
    // Any order of axes will do: the gathered axis makes room for those of the indices.
    const flat = sizeOfShape(indices!.shape)
    const positions = recording.place(reshape(recording, indices!, [flat]))
    const picked = gatherAlong(recording, x!, along!, flat, positions)
    return reshape(recording, picked, info.outputShape)
  }
  // Every entry of the batch has positions of its own: GatherND with the gathered axis right after the batch.
  const rows = transpose(
    recording,
    reshape(recording, x!, [info.batchSize, info.outerSize, info.dimSize, info.sliceSize]),
    [0, 2, 1, 3],
  )
  const positions = reshape(recording, indices!, [info.batchSize, sizeOfShape(indices!.shape) / info.batchSize, 1])
  const name = recording.node('GatherND', [recording.place(rows), int64(recording, positions)], {
    batch_dims: attribute.int(1),
  })
  const gathered = recording.keep(name, dtypeOf(x!), [
    info.batchSize,
    positions.shape[1]!,
    info.outerSize,
    info.sliceSize,
  ])
  return reshape(recording, transpose(recording, gathered, [0, 2, 1, 3]), info.outputShape)
}

/** Whole entries along one axis, by positions that a graph value holds. */
function gatherAlong(recording: Recording, x: TensorInfo, axis: number, count: number, positions: string): TensorInfo {
  const value = recording.value(x)
  const shape = x.shape.map((length, own) => (own === axis ? count : length))
  const name = recording.node('Gather', [recording.place(value, value.permutation), positions], {
    axis: attribute.int(value.permutation.indexOf(axis)),
  })
  return recording.keep(name, dtypeOf(x), shape, value.permutation)
}

/** ONNX Runtime scatters numbers only. */
function scatter(
  recording: Recording,
  base: TensorInfo | string,
  indices: TensorInfo,
  updates: TensorInfo,
  shape: readonly number[],
  attributes: Record<string, Attribute> = {},
): TensorInfo {
  const dtype = dtypeOf(updates)
  const numeric = dtype === 'bool' ? 'int32' : dtype
  const { sliceRank, numUpdates, sliceSize } = backend_util.calculateShapes(
    updates as never,
    indices as never,
    shape as number[],
  )
  const into = typeof base === 'string' ? base : recording.place(castTo(recording, base, numeric))
  const slices = castTo(recording, reshape(recording, updates, [numUpdates, sliceSize]), numeric)
  const rows = shape.slice(0, sliceRank)
  const flat = recording.node('Reshape', [into, recording.integers([...rows, sliceSize])])
  const name = recording.node(
    'ScatterND',
    [flat, int64(recording, reshape(recording, indices, [numUpdates, sliceRank])), recording.place(slices)],
    attributes,
  )
  const scattered = recording.keep(recording.node('Reshape', [name, recording.integers(shape)]), numeric, shape)
  return castTo(recording, scattered, dtype)
}

const add = { reduction: attribute.string('add') }

/** A graph value of this shape that repeats one number. */
function filled(recording: Recording, number: number, dtype: RecordedDType, shape: readonly number[]): string {
  return recording.node('Expand', [recording.scalar(number, dtype), recording.integers(shape)])
}

/** Adds up the rows of equal number; rows numbered outside the range count nowhere. */
function sumBySegment(
  recording: Recording,
  rows: string,
  numbers: string,
  count: number,
  dtype: RecordedDType,
  inner: readonly number[],
): TensorInfo {
  const [zero, end] = [recording.scalar(0, 'int32'), recording.scalar(count, 'int32')]
  const outside = recording.node('Or', [
    recording.node('Less', [numbers, zero]),
    recording.node('GreaterOrEqual', [numbers, end]),
  ])
  const safe = recording.node('Where', [outside, end, numbers])
  const places = recording.node('Unsqueeze', [
    recording.node('Cast', [safe], { to: attribute.int(7) }),
    recording.integers([-1]),
  ])
  const sums = recording.node('ScatterND', [filled(recording, 0, dtype, [count + 1, ...inner]), places, rows], add)
  const kept = recording.node('Slice', [
    sums,
    recording.integers([0]),
    recording.integers([count]),
    recording.integers([0]),
  ])
  return recording.keep(kept, dtype, [count, ...inner])
}

/** How often each number from 0 to size - 1 occurs, weighted; rows of a matrix are counted on their own. */
const countNumbers: Kernel = (
  recording,
  { x, weights }: KernelInputs,
  { size, binaryOutput = false }: { size: number; binaryOutput?: boolean },
) => {
  const dtype = dtypeOf(weights!)
  if (knownNumbers(recording, x!)?.some((number) => number < 0)) throw new Error('Input x must be non-negative!')
  const [rows, columns] = x!.shape.length === 2 ? (x!.shape as [number, number]) : [1, sizeOfShape(x!.shape)]
  const numbers = recording.place(castTo(recording, reshape(recording, x!, [rows, columns]), 'int32'))
  const [end, width] = [recording.scalar(size, 'int32'), recording.scalar(size + 1, 'int32')]
  // Numbers beyond the last one go to a place of their own, which is cut off.
  const safe = recording.node('Min', [numbers, end])
  const starts = recording.builder.constant({
    dtype: 'int32',
    shape: [rows, 1],
    data: Int32Array.from({ length: rows }, (_, row) => row),
  })
  const places = recording.node('Add', [safe, recording.node('Mul', [starts, width])])
  const flat = recording.integers([-1])
  const shares =
    sizeOfShape(weights!.shape) > 0 && !binaryOutput
      ? recording.node('Reshape', [recording.place(weights!), flat])
      : filled(recording, 1, dtype, [rows * columns])
  const counts = recording.node(
    'ScatterElements',
    [filled(recording, 0, dtype, [rows * (size + 1)]), recording.node('Reshape', [places, flat]), shares],
    { axis: attribute.int(0), ...(!binaryOutput && add) },
  )
  const table = recording.node('Slice', [
    recording.node('Reshape', [counts, recording.integers([rows, size + 1])]),
    recording.integers([0]),
    recording.integers([size]),
    recording.integers([1]),
  ])
  return reshape(recording, recording.keep(table, dtype, [rows, size]), x!.shape.length === 2 ? [rows, size] : [size])
}

export const indexingKernels: KernelTable = {
  GatherV2: gather,
  GatherNd: (recording, { params, indices }: KernelInputs) => {
    const [shape] = backend_util.prepareAndValidate(params as never, indices as never)
    if (sizeOfShape(shape) === 0) return recording.keepUniform(0, dtypeOf(params!), shape)
    const name = recording.node('GatherND', [recording.place(params!), int64(recording, indices!)])
    return recording.keep(name, dtypeOf(params!), shape)
  },
  ScatterNd: (recording, { indices, updates }: KernelInputs, { shape }: { shape: number[] }) => {
    const dtype = dtypeOf(updates!)
    const zeros = filled(recording, 0, dtype === 'bool' ? 'int32' : dtype, shape)
    return scatter(recording, zeros, indices!, updates!, shape, add)
  },
  TensorScatterUpdate: (recording, { tensor, indices, updates }: KernelInputs) =>
    scatter(recording, tensor!, indices!, updates!, tensor!.shape),
  SparseToDense: (
    recording,
    { sparseIndices, sparseValues, defaultValue }: KernelInputs,
    { outputShape }: { outputShape: number[] },
  ) => {
    const base = recording.broadcast(recording.value(reshape(recording, defaultValue!, [])), outputShape)
    return scatter(recording, recording.keepValue(base), sparseIndices!, sparseValues!, outputShape)
  },
  UnsortedSegmentSum: (recording, { x, segmentIds }: KernelInputs, { numSegments }: { numSegments: number }) => {
    const numbers = recording.place(castTo(recording, segmentIds!, 'int32'))
    const dtype = x!.dtype === 'bool' ? 'int32' : dtypeOf(x!)
    const rows = recording.place(castTo(recording, x!, dtype))
    return sumBySegment(recording, rows, numbers, numSegments, dtype, x!.shape.slice(segmentIds!.shape.length))
  },
  Bincount: countNumbers,
  DenseBincount: countNumbers,
  /** Largest numbers along the last axis, and where they stand. */
  TopK: (recording, { x }: KernelInputs, { k, sorted }: { k: number; sorted: boolean }) => {
    const shape = [...x!.shape.slice(0, -1), k]
    const dtype = dtypeOf(x!)
    const numbers = recording.place(castTo(recording, x!, dtype === 'bool' ? 'int32' : dtype))
    const [values, places] = recording.builder.nodes('TopK', [numbers, recording.integers([k])], 2, {
      axis: attribute.int(-1),
      sorted: attribute.int(sorted ? 1 : 0),
    })
    return [
      castTo(recording, recording.keep(values!, dtype === 'bool' ? 'int32' : dtype, shape), dtype),
      recording.keep(toInt32(recording, places!), 'int32', shape),
    ]
  },
  /** Where each value would be inserted into its sorted row: how many numbers stand before it. */
  SearchSorted: (recording, { sortedSequence, values }: KernelInputs, { side }: { side: 'left' | 'right' }) => {
    const [rows, numbers] = sortedSequence!.shape as [number, number]
    const before = recording.node(side === 'left' ? 'Less' : 'LessOrEqual', [
      recording.place(reshape(recording, sortedSequence!, [rows, 1, numbers])),
      recording.place(reshape(recording, values!, [...values!.shape, 1])),
    ])
    const counts = recording.node('ReduceSum', [toInt32(recording, before), recording.integers([2])], {
      keepdims: attribute.int(0),
    })
    return recording.keep(counts, 'int32', values!.shape)
  },
  /** A tensor's numbers on the diagonal of its product with itself. */
  Diag: (recording, { x }: KernelInputs) => {
    const size = sizeOfShape(x!.shape)
    const places = recording.builder.constant({
      dtype: 'int64',
      shape: [size],
      data: BigInt64Array.from({ length: size }, (_, index) => BigInt(index * (size + 1))),
    })
    const dtype = x!.dtype === 'bool' ? 'int32' : dtypeOf(x!)
    const numbers = recording.place(reshape(recording, castTo(recording, x!, dtype), [size]))
    const matrix = recording.node('ScatterElements', [filled(recording, 0, dtype, [size * size]), places, numbers], {
      axis: attribute.int(0),
    })
    const diagonal = reshape(recording, recording.keep(matrix, dtype, [size * size]), [...x!.shape, ...x!.shape])
    return castTo(recording, diagonal, dtypeOf(x!))
  },
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

import { sizeOfShape } from '@gantry/core'
import { type Attribute, attribute } from '@gantry/onnx'
import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core'
import type { RecordedDType } from '../recording/recorded-value.ts'
import type { Recording } from '../recording/recording.ts'
import { filled, int64, knownNumbers, toInt64 } from './index-values.ts'
import { dtypeOf, type Kernel, type KernelInputs, type KernelTable } from './kernel.ts'
import { reshape } from './movement.ts'
import { castTo } from './unary.ts'

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
  const places = recording.node('Unsqueeze', [toInt64(recording, safe), recording.integers([-1])])
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

export const scatteringKernels: KernelTable = {
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
}

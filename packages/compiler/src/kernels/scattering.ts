import { sizeOfShape } from '@gantry/core'
import { attribute } from '@gantry/onnx'
import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core'
import type { RecordedDType } from '../recording/recorded-value.ts'
import type { Recording } from '../recording/recording.ts'
import { filled, int64, knownNumbers, toInt64 } from './index-values.ts'
import { dtypeOf, type Kernel, type KernelInputs, type KernelTable } from './kernel.ts'
import { reshape } from './movement.ts'
import { castTo } from './unary.ts'

/** Writes slices into a tensor of this shape. ONNX Runtime scatters numbers only. */
function scatter(
  recording: Recording,
  base: TensorInfo | string,
  indices: TensorInfo,
  updates: TensorInfo,
  shape: readonly number[],
  write: (into: string, indices: string, slices: string, sizes: readonly number[]) => string,
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
  const sizes = [...shape.slice(0, sliceRank), sliceSize]
  const flat = recording.node('Reshape', [into, recording.integers(sizes)])
  const places = int64(recording, reshape(recording, indices, [numUpdates, sliceRank]))
  const name = write(flat, places, recording.place(slices), sizes)
  const scattered = recording.keep(recording.node('Reshape', [name, recording.integers(shape)]), numeric, shape)
  return castTo(recording, scattered, dtype)
}

/** The last of several slices for one place stays. */
const overwriting = (recording: Recording) => (into: string, indices: string, slices: string) =>
  recording.node('ScatterND', [into, indices, slices])

/** Slices for one place add up. */
const adding = (recording: Recording) => (into: string, indices: string, slices: string, sizes: readonly number[]) => {
  const [lengths, inner] = [sizes.slice(0, -1), sizes.at(-1)!]
  const count = sizeOfShape(lengths)
  const strides = lengths.map((_, axis) => sizeOfShape(lengths.slice(axis + 1)))
  const steps = recording.node('Mul', [indices, recording.integers(strides)])
  const rows = recording.node('ReduceSum', [steps, recording.integers([1])])
  const flat = recording.node('Reshape', [into, recording.integers([count, inner])])
  return addRows(recording, flat, rows, slices, inner)
}

const add = { reduction: attribute.string('add') }

/**
 * Adds rows [n, inner] to those of a matrix whose numbers stand in `places` [n, 1]: element by element. ONNX Runtime adds whole rows
 * (`ScatterND`) in several threads at a time: sums would be others in every run, and could miss a row.
 */
function addRows(recording: Recording, into: string, places: string, rows: string, inner: number): string {
  const wide = recording.node('Expand', [places, recording.integers([1, inner])])
  return recording.node('ScatterElements', [into, wide, rows], { axis: attribute.int(0), ...add })
}

/** Adds up the rows of equal number; rows numbered outside the range count nowhere. */
function sumBySegment(
  recording: Recording,
  rows: string,
  numbers: { readonly name: string; readonly length: number },
  count: number,
  dtype: RecordedDType,
  inner: readonly number[],
): TensorInfo {
  const [zero, end] = [recording.scalar(0, 'int32'), recording.scalar(count, 'int32')]
  const outside = recording.node('Or', [
    recording.node('Less', [numbers.name, zero]),
    recording.node('GreaterOrEqual', [numbers.name, end]),
  ])
  const safe = recording.node('Where', [outside, end, numbers.name])
  const width = sizeOfShape(inner)
  const places = recording.node('Reshape', [toInt64(recording, safe), recording.integers([numbers.length, 1])])
  const flat = recording.node('Reshape', [rows, recording.integers([numbers.length, width])])
  const sums = addRows(recording, filled(recording, 0, dtype, [count + 1, width]), places, flat, width)
  const kept = recording.node('Slice', [
    sums,
    recording.integers([0]),
    recording.integers([count]),
    recording.integers([0]),
  ])
  return recording.keep(recording.node('Reshape', [kept, recording.integers([count, ...inner])]), dtype, [
    count,
    ...inner,
  ])
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
    return scatter(recording, zeros, indices!, updates!, shape, adding(recording))
  },
  TensorScatterUpdate: (recording, { tensor, indices, updates }: KernelInputs) =>
    scatter(recording, tensor!, indices!, updates!, tensor!.shape, overwriting(recording)),
  SparseToDense: (
    recording,
    { sparseIndices, sparseValues, defaultValue }: KernelInputs,
    { outputShape }: { outputShape: number[] },
  ) => {
    const base = recording.broadcast(recording.value(reshape(recording, defaultValue!, [])), outputShape)
    return scatter(
      recording,
      recording.keepValue(base),
      sparseIndices!,
      sparseValues!,
      outputShape,
      overwriting(recording),
    )
  },
  UnsortedSegmentSum: (recording, { x, segmentIds }: KernelInputs, { numSegments }: { numSegments: number }) => {
    const name = recording.place(castTo(recording, segmentIds!, 'int32'))
    const numbers = { name, length: sizeOfShape(segmentIds!.shape) }
    const dtype = x!.dtype === 'bool' ? 'int32' : dtypeOf(x!)
    const rows = recording.place(castTo(recording, x!, dtype))
    return sumBySegment(recording, rows, numbers, numSegments, dtype, x!.shape.slice(segmentIds!.shape.length))
  },
  Bincount: countNumbers,
  DenseBincount: countNumbers,
}

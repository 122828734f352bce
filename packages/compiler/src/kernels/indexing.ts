import { sizeOfShape } from '@gantry/core'
import { attribute } from '@gantry/onnx'
import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core'
import { programError } from '../errors.ts'
import type { Recording } from '../recording/recording.ts'
import { filled, int64, knownNumbers, toInt32 } from './index-values.ts'
import { dtypeOf, type Kernel, type KernelInputs, type KernelTable } from './kernel.ts'
import { reshape, transpose } from './movement.ts'
import { castTo } from './unary.ts'

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

export const indexingKernels: KernelTable = {
  GatherV2: gather,
  GatherNd: (recording, { params, indices }: KernelInputs) => {
    const [shape] = backend_util.prepareAndValidate(params as never, indices as never)
    if (sizeOfShape(shape) === 0) return recording.keepUniform(0, dtypeOf(params!), shape)
    const name = recording.node('GatherND', [recording.place(params!), int64(recording, indices!)])
    return recording.keep(name, dtypeOf(params!), shape)
  },
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

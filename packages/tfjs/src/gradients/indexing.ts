import {
  cast,
  equal,
  expandDims,
  fill,
  type GradConfig,
  gather,
  gatherND,
  greater,
  greaterEqual,
  matMul,
  maximum,
  mul,
  range,
  reshape,
  scalar,
  scatterND,
  sum,
  type Tensor,
  transpose,
  util,
  where,
} from '@tensorflow/tfjs-core'
import { zerosOf } from './gradient.ts'

/** A last axis of length `count` that is one at the index and zero elsewhere. `oneHot` refuses a count of one. */
const chosen = (indices: Tensor, count: number) =>
  cast(equal(expandDims(cast(indices, 'int32'), -1), range(0, count, 1, 'int32')), 'float32')

/** Numbers of a one-hot matrix from which on what is scattered is less than what is multiplied: 4 MB of them. */
const LARGE = 2 ** 20

/**
 * Adds each row of dy to the row that it was gathered from, as a product with the one-hot indices: one matrix product
 * on every backend and in a graph, where TF.js's segment sum passes over dy once for each row. Where that matrix is large, as for pixels
 * out of images, the rows are scattered.
 */
function gatherGradient(
  dy: Tensor,
  x: Tensor,
  indices: Tensor,
  { axis, batchDims }: { axis: number; batchDims: number },
): Tensor {
  const along = axis < 0 ? axis + x.rank : axis
  const batch = util.sizeFromShape(x.shape.slice(0, batchDims))
  const outer = util.sizeFromShape(x.shape.slice(batchDims, along))
  const count = x.shape[along]!
  const picked = indices.size / batch
  const rows = reshape(dy, [batch, outer, picked, -1])
  const inner = rows.shape[3]!
  const columns = outer === 1 ? rows : transpose(rows, [0, 2, 1, 3])
  const added =
    batch === 1 && picked * count > LARGE
      ? scatterND(reshape(indices, [picked, 1]), reshape(columns, [picked, outer * inner]), [count, outer * inner])
      : matMul(
          reshape(chosen(indices, count), [batch, picked, count]),
          reshape(columns, [batch, picked, outer * inner]),
          true,
        )
  if (outer === 1) return reshape(added, x.shape)
  return reshape(transpose(reshape(added, [batch, count, outer, inner]), [0, 2, 1, 3]), x.shape)
}

const gatherGradients: GradConfig = {
  kernelName: 'GatherV2',
  inputsToSave: ['x', 'indices'],
  gradFunc: (dy, saved, attributes) => {
    const [x, indices] = saved as [Tensor, Tensor]
    return {
      x: () => gatherGradient(dy as Tensor, x, indices, attributes as never),
      indices: () => zerosOf(indices),
    }
  },
}

const gatherNdGradient: GradConfig = {
  kernelName: 'GatherNd',
  inputsToSave: ['params', 'indices'],
  gradFunc: (dy, saved) => {
    const [params, indices] = saved as [Tensor, Tensor]
    return {
      params: () => scatterND(indices, dy as Tensor, params.shape as never),
      indices: () => zerosOf(indices),
    }
  },
}

const scatterNdGradient: GradConfig = {
  kernelName: 'ScatterNd',
  inputsToSave: ['indices'],
  gradFunc: (dy, saved) => ({
    indices: () => zerosOf(saved[0]!),
    updates: () => gatherND(dy as Tensor, saved[0]!),
  }),
}

/** Numbers that were overwritten have no influence. */
const tensorScatterUpdateGradient: GradConfig = {
  kernelName: 'TensorScatterUpdate',
  inputsToSave: ['indices', 'updates'],
  gradFunc: (dy, saved) => {
    const [indices, updates] = saved as [Tensor, Tensor]
    return {
      tensor: () => {
        const written = scatterND(indices, fill(updates.shape, 1, 'float32'), (dy as Tensor).shape as never)
        return where(greater(written, 0), zerosOf(dy as Tensor), dy as Tensor)
      },
      indices: () => zerosOf(indices),
      updates: () => gatherND(dy as Tensor, indices),
    }
  },
}

/** Negative segments drop their rows. */
const segmentSumGradient: GradConfig = {
  kernelName: 'UnsortedSegmentSum',
  inputsToSave: ['x', 'segmentIds'],
  gradFunc: (dy, saved) => {
    const [x, segments] = saved as [Tensor, Tensor]
    return {
      x: () => {
        const rows = gather(dy as Tensor, maximum(segments, scalar(0, 'int32')) as never)
        const kept = reshape(greaterEqual(segments, 0), [
          ...segments.shape,
          ...x.shape.slice(segments.rank).map(() => 1),
        ])
        return where(kept, rows, zerosOf(x))
      },
      segmentIds: () => zerosOf(segments),
    }
  },
}

/** Which numbers are the largest is piecewise constant, so the saved indices may count as constants. */
const topKGradient: GradConfig = {
  kernelName: 'TopK',
  inputsToSave: ['x'],
  outputsToSave: [false, true],
  gradFunc: (dys, saved) => {
    const [x, indices] = saved as [Tensor, Tensor]
    const [dy] = dys as Tensor[]
    return { x: () => sum(mul(expandDims(dy!, -1), chosen(indices, x.shape.at(-1)!)), -2) }
  },
}

export const indexingGradients: readonly GradConfig[] = [
  gatherGradients,
  gatherNdGradient,
  scatterNdGradient,
  segmentSumGradient,
  tensorScatterUpdateGradient,
  topKGradient,
]

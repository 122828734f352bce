import { type DType, type NDArray, ndarray, sizeOfShape, type TensorSpec } from '@gantry/core'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { encodeModel } from '../codec/encode-model.ts'
import type { Graph } from '../graph.ts'
import { createModel } from '../model.ts'

/** Writes a graph, loads it in ONNX Runtime (its own optimisations off) and runs it once. */
export async function runGraph(
  graph: Graph,
  feeds: Readonly<Record<string, NDArray>> = {},
): Promise<Record<string, NDArray>> {
  const bytes = encodeModel(createModel(graph))
  const session = await InferenceSession.create(bytes, {
    graphOptimizationLevel: 'disabled',
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  })
  try {
    const tensors = Object.entries(feeds).map(([name, array]) => [
      name,
      new Tensor(array.dtype, array.data as never, array.shape),
    ])
    const results = await session.run(Object.fromEntries(tensors))
    return Object.fromEntries(
      Object.entries(results).map(([name, { type, dims, data }]) => [
        name,
        ndarray(type as DType, dims, data as never),
      ]),
    )
  } finally {
    await session.release()
  }
}

/** Small positive values that differ, of any dtype. */
export function sampleOf({ dtype, shape }: TensorSpec, length = 2): NDArray {
  const dimensions = shape.map((dimension) => (typeof dimension === 'number' ? dimension : length))
  const array = ndarray(dtype, dimensions)
  for (let index = 0; index < sizeOfShape(dimensions); index++) {
    const value = dtype.startsWith('float') ? ((index * 7) % 11) / 8 + 0.25 : ((index * 7) % 3) + 1
    array.data[index] = dtype === 'int64' ? BigInt(value) : dtype === 'bool' ? index % 2 : value
  }
  return array
}

/** An int64 vector, as operators take axes and shapes. */
export function integers(...values: readonly number[]): NDArray<'int64'> {
  return ndarray('int64', [values.length], BigInt64Array.from(values, BigInt))
}

/** An int64 scalar. */
export function integer(value: number): NDArray<'int64'> {
  return ndarray('int64', [], BigInt64Array.of(BigInt(value)))
}

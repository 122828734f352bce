import { type CompiledModel, type NDArray, permuteAxes } from '@gantry/core'
import type { InferenceSession } from 'onnxruntime-node'
import * as ort from 'onnxruntime-node'

/** What @gantry/backend-onnxruntime tells ONNX Runtime, for comparisons with a session that lacks everything else of it. */
export function bareSessionOptions(threads: number): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    interOpNumThreads: 1,
    extra: { session: { force_spinning_stop: '1' } },
    enableMemPattern: false,
    enableCpuMemArena: true,
    logSeverityLevel: 4,
  }
}

export const toTensor = ({ dtype, data, shape }: NDArray): ort.Tensor =>
  new ort.Tensor(dtype as 'float32', data as Float32Array, [...shape])

/** The initial state of a compiled model as its graphs take it, by name. */
export function initialState({ variables, layouts }: CompiledModel): Map<string, ort.Tensor> {
  return new Map(
    Object.entries(variables).map(([name, array]) => {
      const { permutation } = layouts[name]!
      return [name, toTensor(permutation === undefined ? array : permuteAxes(array, permutation))]
    }),
  )
}

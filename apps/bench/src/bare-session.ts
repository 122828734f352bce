import { sessionOptions } from '@gantry/backend-onnxruntime'
import { type CompiledModel, type NDArray, permuteAxes } from '@gantry/core'
import * as ort from 'onnxruntime-node'

/** What @gantry/backend-onnxruntime tells ONNX Runtime, for comparisons with a session that lacks everything else of it. */
export const bareSessionOptions = (threads: number) => sessionOptions({ device: 'cpu', threads })

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

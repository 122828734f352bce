import { bytesPerElement, type CompiledModel, type CompiledProgram, type NDArray, ndarray } from '@gantry/core'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { invert, permute, permuteData } from '../layout.ts'

function toOrt({ dtype, shape, data }: NDArray): Tensor {
  return new Tensor(dtype, data as never, shape)
}

function fromOrt(tensor: Tensor): NDArray {
  return ndarray(tensor.type as NDArray['dtype'], tensor.dims, (tensor.data as Float32Array).slice() as never)
}

/** Runs a compiled model on ONNX Runtime in the plainest way: the slow twin of the training backend. */
export async function runCompiled(model: CompiledModel) {
  const sessions = new Map<CompiledProgram, InferenceSession>()
  const state: Record<string, NDArray> = {}
  for (const [name, { dtype, shape, data }] of Object.entries(model.variables)) {
    const permutation = model.layouts[name]?.permutation
    const numbers = data as Float32Array
    state[name] = permutation
      ? ndarray(dtype, permute(shape, permutation), permuteData(numbers, shape, permutation, numbers.slice()) as never)
      : ndarray(dtype, shape, data.slice() as never)
  }
  const execute = async (program: CompiledProgram, feeds: Readonly<Record<string, NDArray>>) => {
    let session = sessions.get(program)
    if (session === undefined) {
      session = await InferenceSession.create(program.graph, { logSeverityLevel: 3, intraOpNumThreads: 2 })
      sessions.set(program, session)
    }
    const inputs: Record<string, Tensor> = {}
    for (const [name, feed] of Object.entries(feeds)) inputs[name] = toOrt(feed)
    for (const { state: own, value } of program.reads) inputs[value] = toOrt(state[own]!)
    const outputs = await session.run(inputs)
    for (const { state: own, value } of program.writes) state[own] = fromOrt(outputs[value] as Tensor)
    return Object.fromEntries(program.results.map((name) => [name, fromOrt(outputs[name] as Tensor)]))
  }
  const find = (name: string) => [...model.phases, ...model.functions].find((part) => part.name === name)!.program
  return {
    run: (name: string, feeds: Readonly<Record<string, NDArray>>) => execute(find(name), feeds),
    /** State as checkpoints see it. */
    state(): Record<string, NDArray> {
      return Object.fromEntries(
        Object.entries(state).map(([name, { dtype, shape, data }]) => {
          const permutation = model.layouts[name]?.permutation
          if (!permutation) return [name, ndarray(dtype, shape, data)]
          const back = invert(permutation)
          const numbers = data as Float32Array
          return [
            name,
            ndarray(dtype, permute(shape, back), permuteData(numbers, shape, back, numbers.slice()) as never),
          ]
        }),
      )
    },
    stateBytes: () =>
      Object.values(state).reduce((sum, { dtype, data }) => sum + data.length * bytesPerElement(dtype), 0),
  }
}

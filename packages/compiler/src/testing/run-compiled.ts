import {
  type CompiledModel,
  type CompiledProgram,
  invertPermutation,
  type NDArray,
  ndarray,
  permuteAxes,
} from '@gantry/core'
import { InferenceSession, Tensor } from 'onnxruntime-node'

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
  for (const [name, array] of Object.entries(model.variables)) {
    const permutation = model.layouts[name]?.permutation
    state[name] = permutation ? permuteAxes(array, permutation) : array
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
        Object.entries(state).map(([name, array]) => {
          const permutation = model.layouts[name]?.permutation
          return [name, permutation ? permuteAxes(array, invertPermutation(permutation)) : array]
        }),
      )
    },
  }
}

import { type DType, type NDArray, ndarray, SerialQueue } from '@gantry/core'
import { installGradients } from '@gantry/tfjs'
import { engine, setBackend, type Tensor, tensor, type Variable } from '@tensorflow/tfjs-core'
import { registerKernels } from '../kernels/register.ts'
import type { RecordedDType } from '../recording/recorded-value.ts'
import { RECORDING_BACKEND, type RecordingBackend, recordingBackend } from '../recording/recording-backend.ts'
import type { Variables } from './record-program.ts'
import { withWholeBatches } from './whole-batches.ts'

/** TF.js has one engine for the whole process: recordings take turns. */
const turns = new SerialQueue()

/** The numbers of a TF.js tensor, in its own memory where the backend hands that out: tensors never change. */
async function readTensor(source: Tensor): Promise<NDArray> {
  return ndarray(source.dtype as DType, source.shape, (await source.data()) as never)
}

/** What a recording reads, and what becomes of it. */
export interface Recorded {
  readonly variables: Variables
  /** Tensors that are known by name in the recording, like variables, but never change. */
  readonly weights?: Readonly<Record<string, Tensor>>
  /** Whether the variables are left without their numbers when `body` has succeeded. */
  readonly moveVariables?: boolean
}

/** Runs `body` with the recording backend active; afterwards every variable has its numbers again, unless they are moved. */
export function withRecording<Result>(
  { variables, weights = {}, moveVariables = false }: Recorded,
  body: (backend: RecordingBackend, values: Readonly<Record<string, NDArray>>) => Result,
): Promise<Result> {
  return turns.add(async () => {
    installGradients()
    const backend = recordingBackend()
    registerKernels()
    // A program may touch variables that nobody declared: it is refused, and they must not lose their numbers.
    const all = new Set([...Object.values(variables), ...Object.values(engine().state.registeredVariables)])
    const saved = new Map<Variable, NDArray>()
    const declared = new Set(Object.values(variables))
    for (const variable of all) {
      if (declared.has(variable) || !backend.isMoved(variable.dataId)) saved.set(variable, await readTensor(variable))
    }
    const values = Object.fromEntries(
      Object.entries(variables).map(([state, variable]) => [state, saved.get(variable)!]),
    )
    for (const [name, weight] of Object.entries(weights)) values[name] = await readTensor(weight)
    backend.weights = new Map(
      Object.entries(weights).map(([name, { dataId, dtype, shape }]) => [
        dataId,
        { name, dtype: dtype as RecordedDType, shape, numbers: values[name]! },
      ]),
    )
    const before = new Map([...all].map((variable) => [variable, variable.dataId]))
    const computing = engine().backendName
    await setBackend(RECORDING_BACKEND)
    try {
      const result = withWholeBatches(() => body(backend, values))
      if (moveVariables) {
        for (const [name, variable] of Object.entries(variables)) {
          const { dtype, shape } = variable
          assign(variable, engine().makeTensorFromTensorInfo(backend.moved(name, dtype as RecordedDType, shape)))
          saved.delete(variable)
        }
      }
      return result
    } finally {
      backend.weights = new Map()
      if (computing) await setBackend(computing)
      for (const [variable, { data, shape }] of saved) {
        if (variable.dataId === before.get(variable)) continue
        assign(variable, tensor(data as Float32Array, [...shape], variable.dtype))
      }
    }
  })
}

/** Gives a variable the numbers of a tensor, which is disposed. */
function assign(variable: Variable, numbers: Tensor): void {
  variable.assign(numbers)
  numbers.dispose()
}

import { type DType, type NDArray, ndarray, SerialQueue } from '@gantry/core'
import { installGradients } from '@gantry/tfjs'
import { engine, setBackend, type Tensor, tensor, type Variable } from '@tensorflow/tfjs-core'
import { registerKernels } from '../kernels/register.ts'
import type { RecordedDType } from '../recording/recorded-value.ts'
import { RECORDING_BACKEND, type RecordingBackend, recordingBackend } from '../recording/recording-backend.ts'
import type { Variables } from './record-program.ts'

/** TF.js has one engine for the whole process: recordings take turns. */
const turns = new SerialQueue()

/** The numbers of a TF.js tensor, in its own memory where the backend hands that out: tensors never change. */
async function readTensor(source: Tensor): Promise<NDArray> {
  return ndarray(source.dtype as DType, source.shape, (await source.data()) as never)
}

/**
 * Runs `body` with the recording backend active; afterwards every variable has its numbers again.
 *
 * @param weights tensors that are known by name in the recording, like variables, but never change
 */
export function withRecording<Result>(
  variables: Variables,
  weights: Readonly<Record<string, Tensor>>,
  body: (backend: RecordingBackend, values: Readonly<Record<string, NDArray>>) => Result,
): Promise<Result> {
  return turns.add(async () => {
    installGradients()
    const backend = recordingBackend()
    registerKernels()
    // A program may touch variables that nobody declared: it is refused, and they must not lose their numbers.
    const all = new Set([...Object.values(variables), ...Object.values(engine().state.registeredVariables)])
    const saved = new Map<Variable, NDArray>()
    for (const variable of all) saved.set(variable, await readTensor(variable))
    const values = Object.fromEntries(
      Object.entries(variables).map(([state, variable]) => [state, saved.get(variable)!]),
    )
    for (const [name, weight] of Object.entries(weights)) values[name] = await readTensor(weight)
    backend.weights = new Map(
      Object.entries(weights).map(([name, { dataId, dtype, shape }]) => [
        dataId,
        { name, dtype: dtype as RecordedDType, shape },
      ]),
    )
    const before = new Map([...all].map((variable) => [variable, variable.dataId]))
    const computing = engine().backendName
    await setBackend(RECORDING_BACKEND)
    try {
      return body(backend, values)
    } finally {
      backend.weights = new Map()
      if (computing) await setBackend(computing)
      for (const [variable, numbers] of saved) if (variable.dataId !== before.get(variable)) restore(variable, numbers)
    }
  })
}

function restore(variable: Variable, { data, shape }: NDArray): void {
  const numbers = tensor(data as Float32Array, [...shape], variable.dtype)
  variable.assign(numbers)
  numbers.dispose()
}

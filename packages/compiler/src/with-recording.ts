import { type DType, type NDArray, ndarray } from '@gantry/core'
import { engine, setBackend, type Tensor, tensor, type Variable } from '@tensorflow/tfjs-core'
import { installGradients } from './gradients/install.ts'
import { registerKernels } from './kernels/register.ts'
import type { Variables } from './record-program.ts'
import { RECORDING_BACKEND, type RecordingBackend, recordingBackend } from './recording-backend.ts'

/** TF.js has one engine for the whole process: recordings take turns. */
let turn: Promise<unknown> = Promise.resolve()

/** The numbers of a TF.js tensor. */
export async function readTensor(source: Tensor): Promise<NDArray> {
  const values = await source.data()
  return ndarray(source.dtype as DType, source.shape, values.slice() as never)
}

/** Runs `body` with the recording backend active; afterwards every variable has its numbers again. */
export function withRecording<Result>(
  variables: Variables,
  body: (backend: RecordingBackend, values: Readonly<Record<string, NDArray>>) => Result,
): Promise<Result> {
  const result = turn.then(async () => {
    installGradients()
    const backend = recordingBackend()
    registerKernels()
    const values: Record<string, NDArray> = {}
    for (const [state, variable] of Object.entries(variables)) values[state] = await readTensor(variable)
    const computing = engine().backendName
    await setBackend(RECORDING_BACKEND)
    try {
      return body(backend, values)
    } finally {
      if (computing) await setBackend(computing)
      for (const [state, variable] of Object.entries(variables)) restore(variable, values[state]!)
    }
  })
  turn = result.catch(() => undefined)
  return result
}

function restore(variable: Variable, { data, shape }: NDArray): void {
  const numbers = tensor(data as Float32Array, [...shape], variable.dtype)
  variable.assign(numbers)
  numbers.dispose()
}

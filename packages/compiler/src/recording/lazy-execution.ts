import type { InferenceBackend } from '@gantry/core'
import { createModel, encodeModel } from '@gantry/onnx'
import type { ConstantValues, RecordedValue } from './recorded-value.ts'
import type { Recording } from './recording.ts'

/** What computes recorded graphs, such as `onnxRuntime()` of `@gantry/backend-onnxruntime`. */
export type GraphRuntime = Pick<InferenceBackend, 'load'>

/** Runs as much of a recording as these values need, and returns them as constants that lie as the values did. */
export async function computeValues(
  recording: Recording,
  values: readonly RecordedValue[],
  runtime: GraphRuntime,
): Promise<RecordedValue[]> {
  const outputs = values.map((value) => ({
    name: recording.placeStored(value, value.permutation),
    dtype: value.dtype,
    shape: value.stored,
  }))
  const graph = recording.builder.extract(outputs)
  const session = await runtime.load(encodeModel(createModel(graph)))
  try {
    const results = await session.run({})
    return values.map((value, index): RecordedValue => {
      const numbers = results[outputs[index]!.name]!.data as ConstantValues
      return { ...value, source: { kind: 'constant', values: numbers } }
    })
  } finally {
    await session.dispose()
  }
}

import { type NDArray, ndarray } from '@gantry/core'
import { InferenceSession, Tensor } from 'onnxruntime-web'

/** What ONNX Runtime Web computes from a model, in WebAssembly. */
export async function runOnWeb(
  bytes: Uint8Array,
  feeds: Readonly<Record<string, NDArray>>,
): Promise<Record<string, NDArray>> {
  const session = await InferenceSession.create(bytes, { executionProviders: ['wasm'] })
  const inputs = Object.entries(feeds).map(([name, { dtype, data, shape }]) => {
    return [name, new Tensor(dtype, data as never, shape)] as const
  })
  const outputs = await session.run(Object.fromEntries(inputs))
  const arrays = Object.entries(outputs).map(([name, { type, dims, data }]) => {
    return [name, ndarray(type as 'float32', dims, data as Float32Array)]
  })
  await session.release()
  return Object.fromEntries(arrays)
}

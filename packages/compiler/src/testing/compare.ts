import '@tensorflow/tfjs-backend-cpu'
// In Node, tfjs-core registers no gradients; tfjs-layers does.
import '@tensorflow/tfjs-layers'
import { compareArrays, type NDArray, ndarray, RandomStream, type TensorProgram, type TensorSpec } from '@gantry/core'
import * as tf from '@tensorflow/tfjs-core'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { expect } from 'vitest'
import { exportModel } from '../export/export-model.ts'

/** Feeds of these specs, drawn from a seed; `length` stands in for every named axis. */
export function drawFeeds(
  specs: Readonly<Record<string, TensorSpec>>,
  length: number,
  seed = 1,
): Record<string, NDArray> {
  const random = new RandomStream(seed, 'feeds')
  return Object.fromEntries(
    Object.entries(specs).map(([name, { dtype, shape }]) => {
      const lengths = shape.map((axis) => (typeof axis === 'string' ? length : axis))
      const numbers = random.fillNormal(new Float32Array(lengths.reduce((product, axis) => product * axis, 1)))
      if (dtype === 'int32')
        return [
          name,
          ndarray(
            'int32',
            lengths,
            Int32Array.from(numbers, (value) => Math.round(value * 2)),
          ),
        ]
      if (dtype === 'bool')
        return [
          name,
          ndarray(
            'bool',
            lengths,
            Uint8Array.from(numbers, (value) => (value > 0 ? 1 : 0)),
          ),
        ]
      return [name, ndarray('float32', lengths, numbers)]
    }),
  )
}

/** What TF.js computes on its cpu backend. */
export async function runEagerly(
  program: TensorProgram<tf.Tensor>,
  feeds: Readonly<Record<string, NDArray>>,
): Promise<Record<string, NDArray>> {
  await tf.setBackend('cpu')
  const tensors = Object.fromEntries(
    Object.entries(feeds).map(([name, { data, shape, dtype }]) => [
      name,
      tf.tensor(data as Float32Array, [...shape], dtype as 'float32'),
    ]),
  )
  const results = tf.tidy(() => program(tensors) as Record<string, tf.Tensor>)
  const arrays = Object.entries(results).map(([name, tensor]) => [
    name,
    ndarray(tensor.dtype as 'float32', tensor.shape, tensor.dataSync().slice() as Float32Array),
  ])
  tf.dispose([tensors, results])
  return Object.fromEntries(arrays)
}

/** What ONNX Runtime computes from an exported model. */
export async function runExported(
  bytes: Uint8Array,
  feeds: Readonly<Record<string, NDArray>>,
): Promise<Record<string, NDArray>> {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 3, intraOpNumThreads: 1 })
  const inputs = Object.entries(feeds)
    .filter(([name]) => session.inputNames.includes(name))
    .map(([name, { dtype, data, shape }]) => [name, new Tensor(dtype, data as never, shape)] as const)
  const outputs = await session.run(Object.fromEntries(inputs))
  const arrays = Object.entries(outputs).map(([name, tensor]) => [
    name,
    ndarray(tensor.type as 'float32', tensor.dims, tensor.data as Float32Array),
  ])
  await session.release()
  return Object.fromEntries(arrays)
}

/** Largest difference, relative to the largest magnitude (at least 1). Equal infinities and NaNs differ by nothing. */
export function relativeDifference(actual: NDArray, expected: NDArray): number {
  expect(actual.shape).toEqual(expected.shape)
  expect(actual.dtype).toBe(expected.dtype)
  return compareArrays(actual, expected).relative
}

/** Exports a program and compares ONNX Runtime with TF.js cpu at these lengths of the named axes. */
export async function expectSame(
  program: TensorProgram<tf.Tensor>,
  inputs: Readonly<Record<string, TensorSpec>>,
  { lengths = [2, 5], tolerance = 2e-6 }: { readonly lengths?: readonly number[]; readonly tolerance?: number } = {},
): Promise<Uint8Array> {
  await tf.setBackend('cpu')
  const bytes = await exportModel(program, { inputs })
  for (const length of lengths) {
    const feeds = drawFeeds(inputs, length)
    const expected = await runEagerly(program, feeds)
    const actual = await runExported(bytes, feeds)
    for (const [name, array] of Object.entries(expected)) {
      expect(relativeDifference(actual[name]!, array), `${name} at length ${length}`).toBeLessThanOrEqual(tolerance)
    }
  }
  return bytes
}

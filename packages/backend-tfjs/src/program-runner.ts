import {
  GantryError,
  type NDArray,
  ShapeError,
  type TensorProgram,
  TrainingError,
  UnsupportedError,
} from '@gantry/core'
import { installGradients, withNoise } from '@gantry/tfjs'
import * as tf from '@tensorflow/tfjs-core'
import { toTensor } from './arrays.ts'
import type { NamedNoise } from './named-noise.ts'

/**
 * Runs a program so that nothing leaks and a failure changes nothing; `read` fetches what is wanted of its results.
 *
 * The clones hold the variables' old data by reference count: no bytes are copied to keep them.
 *
 * @throws TrainingError `RUN_FAILED`, or UnsupportedError `KERNEL_MISSING`, with the variables as they were.
 */
export async function runProgram<Result>(
  owner: string,
  variables: readonly tf.Variable[],
  program: TensorProgram<tf.Tensor>,
  feeds: Readonly<Record<string, NDArray>>,
  noise: NamedNoise,
  read: (results: Readonly<Record<string, tf.Tensor>>) => Promise<Result>,
): Promise<Result> {
  installGradients()
  const before = variables.map((variable) => variable.clone())
  let results: Record<string, tf.Tensor> = {}
  try {
    results = tf.tidy(() => {
      const tensors = Object.entries(feeds).map(([name, feed]) => [name, toTensor(name, feed)] as const)
      const returned = Object.entries(withNoise(noise.source, () => program(Object.fromEntries(tensors))))
      noise.refuseUnused()
      // A program may return a variable itself; disposing a clone leaves it alone.
      return Object.fromEntries(returned.map(([name, value]) => [name, value.clone()]))
    })
    return await read(results)
  } catch (cause) {
    for (const [index, variable] of variables.entries()) variable.assign(before[index]!)
    throw describeFailure(owner, cause)
  } finally {
    tf.dispose([before, results])
  }
}

/**
 * Reads the named scalars of a phase.
 *
 * @throws ShapeError `RESULT_NOT_SCALAR`.
 */
export async function readScalars(
  owner: string,
  results: Readonly<Record<string, tf.Tensor>>,
): Promise<Record<string, number>> {
  const scalars = Object.entries(results).map(async ([name, value]) => {
    if (value.size !== 1) {
      throw new ShapeError({
        code: 'RESULT_NOT_SCALAR',
        message: `${owner}: '${name}' is ${value.dtype}[${value.shape.join(',')}] but a phase returns scalars.`,
        fix: 'Reduce it, with tf.mean for instance.',
      })
    }
    return [name, (await value.data())[0]!] as const
  })
  return Object.fromEntries(await Promise.all(scalars))
}

function describeFailure(owner: string, cause: unknown): GantryError {
  if (GantryError.isInstance(cause)) return cause
  const message = cause instanceof Error ? cause.message : String(cause)
  if (/Kernel '\w+' not registered for backend/.test(message)) {
    return new UnsupportedError({
      code: 'KERNEL_MISSING',
      message: `${owner}: ${message}.`,
      fix: "Use TF.js's cpu backend, or the engine onnxruntime (@gantry/backend-onnxruntime).",
      cause,
    })
  }
  return new TrainingError({ code: 'RUN_FAILED', message: `${owner} failed: ${message}`, cause })
}

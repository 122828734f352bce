import {
  type DType,
  dtypes,
  type NDArray,
  ndarray,
  type TensorSpec,
  type TypedArray,
  UnsupportedError,
} from '@gantry/core'
import type * as tf from '@tensorflow/tfjs-core'
import { tensor } from '@tensorflow/tfjs-core'

const shared = ['float32', 'int32', 'bool'] as const satisfies readonly (DType & tf.DataType)[]

/**
 * Checks that TF.js has this dtype.
 *
 * @throws UnsupportedError `DTYPE_UNSUPPORTED`.
 */
export function checkDType(owner: string, dtype: DType): asserts dtype is (typeof shared)[number] {
  if (shared.some((candidate) => candidate === dtype)) return
  throw new UnsupportedError({
    code: 'DTYPE_UNSUPPORTED',
    message: `${owner} is ${dtype}, which TF.js lacks.`,
    fix: `Use one of: ${shared.join(', ')}.`,
  })
}

/** A tensor with a copy of the array's data: TF.js's cpu backend would go on reading the caller's memory. */
export function toTensor(name: string, { dtype, shape, data }: NDArray): tf.Tensor {
  checkDType(`'${name}'`, dtype)
  return tensor(data.slice() as Float32Array | Int32Array | Uint8Array, [...shape], dtype)
}

/** An array with a copy of the tensor's data: TF.js's cpu backend hands out its own memory. */
export async function toArray(value: tf.Tensor): Promise<NDArray> {
  const { dtype, shape } = specOf('A result', value)
  const data = (await value.data()) as TypedArray
  return ndarray(dtype, shape, data.slice() as TypedArray)
}

/** Dtype and shape of a tensor or variable. */
export function specOf(owner: string, value: tf.Tensor): TensorSpec & { readonly shape: readonly number[] } {
  const dtype = dtypes.find((candidate) => candidate === value.dtype)
  if (dtype !== undefined) return { dtype, shape: [...value.shape] }
  throw new UnsupportedError({
    code: 'DTYPE_UNSUPPORTED',
    message: `${owner} is ${value.dtype}, which is no dtype of Gantry.`,
    fix: `Use one of: ${shared.join(', ')}.`,
  })
}

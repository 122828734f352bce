import type { DataType, KernelBackend } from '@tensorflow/tfjs-core'
import { programError } from '../errors.ts'
import type { ConstantValues, RecordedDType } from './recorded-value.ts'

/** What TF.js writes to a backend. */
export type BackendValues = Parameters<KernelBackend['write']>[0]

/**
 * Numbers that TF.js writes, as the typed array of their dtype.
 *
 * @throws UnsupportedError `DTYPE_UNSUPPORTED` for strings and complex numbers.
 */
export function writtenNumbers(
  values: BackendValues,
  shape: readonly number[],
  dtype: DataType,
): { readonly values: ConstantValues; readonly dtype: RecordedDType } {
  if (dtype === 'float32')
    return { values: values instanceof Float32Array ? values : Float32Array.from(values as ArrayLike<number>), dtype }
  if (dtype === 'int32')
    return { values: values instanceof Int32Array ? values : Int32Array.from(values as ArrayLike<number>), dtype }
  if (dtype === 'bool')
    return { values: values instanceof Uint8Array ? values : Uint8Array.from(values as ArrayLike<number>), dtype }
  throw programError(
    'DTYPE_UNSUPPORTED',
    `A tensor of dtype ${dtype} and shape [${shape}] cannot be recorded.`,
    'Use float32, int32 or bool.',
  )
}

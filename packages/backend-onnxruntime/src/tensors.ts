import { type DType, dtypes, type NDArray, ndarray, type TypedArray, UnsupportedError } from '@gantry/core'
import { OrtTensor } from './ort.ts'

/**
 * ONNX Runtime's name of an element type as a dtype; both use the same names.
 *
 * @throws UnsupportedError `DTYPE_UNSUPPORTED`.
 */
export function dtypeOf(owner: string, type: string): DType {
  const dtype = dtypes.find((candidate) => candidate === type)
  if (dtype !== undefined) return dtype
  throw new UnsupportedError({
    code: 'DTYPE_UNSUPPORTED',
    message: `${owner} is ${type}, which Gantry does not know.`,
    fix: `Cast it in the graph to one of: ${dtypes.join(', ')}.`,
  })
}

/** An ONNX Runtime tensor over the array's memory; nothing is copied. */
export function toOrtTensor({ dtype, shape, data }: NDArray): OrtTensor {
  return new OrtTensor(dtype, data, shape)
}

/** An array over the tensor's memory; nothing is copied. */
export function toArray(name: string, tensor: OrtTensor): NDArray {
  return ndarray(dtypeOf(`'${name}'`, tensor.type), tensor.dims, tensor.data as TypedArray)
}

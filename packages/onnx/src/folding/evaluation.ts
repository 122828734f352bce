import { arrayClasses, type DType, type NDArray, ndarray, type TensorSpec } from '@gantry/core'
import type { NodeContext } from '../inference/node-context.ts'

/** What an output looks like, every length known. */
export interface StaticSpec {
  readonly dtype: DType
  readonly shape: readonly number[]
}

/** Whether all lengths of a tensor are known. */
export function isStatic(spec: TensorSpec): spec is StaticSpec {
  return spec.shape.every((length) => Number.isSafeInteger(length) && Number(length) >= 0)
}

/**
 * Computes a node whose inputs are all known. The outputs' specs come from shape inference, so an evaluation only fills them.
 *
 * Undefined where ONNX leaves the result open, or where Gantry does not compute the operator for this dtype.
 */
export type Evaluation = (context: NodeContext, outputs: readonly StaticSpec[]) => readonly NDArray[] | undefined

/** Elements read and written without regard to their class; JavaScript does not mix the two kinds at run time. */
export type Elements = { [index: number]: number; readonly length: number }

export function elementsOf(array: NDArray): Elements {
  return array.data as unknown as Elements
}

export function isInteger(dtype: DType): boolean {
  return dtype === 'int32' || dtype === 'int64' || dtype === 'uint8'
}

/** An array to be filled. */
export function emptyLike({ dtype, shape }: StaticSpec): NDArray {
  return ndarray(dtype, shape)
}

/** The same numbers under another shape; nothing is copied. */
export function viewAs(array: NDArray, shape: readonly number[]): NDArray {
  return { dtype: array.dtype, shape, data: array.data }
}

/** The value of a scalar or of the first element, as an element of `dtype`. */
export function scalarOf(array: NDArray | undefined, dtype: DType): number {
  const value = array?.data[0] ?? 0
  return (arrayClasses[dtype] === BigInt64Array ? BigInt(value) : Number(value)) as number
}

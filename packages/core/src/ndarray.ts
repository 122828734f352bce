import { ShapeError } from './errors.ts'

interface TypedArrays {
  float32: Float32Array
  float64: Float64Array
  int32: Int32Array
  int64: BigInt64Array
  uint8: Uint8Array
  /** One byte an element, 0 or 1. */
  bool: Uint8Array
}

/** Element type of a tensor. */
export type DType = keyof TypedArrays

/** The typed array that holds elements of `D`. */
export type TypedArrayOf<D extends DType> = TypedArrays[D]

export type TypedArray = TypedArrayOf<DType>

/** The class of the typed array that holds each dtype. */
export const arrayClasses = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const

/** All dtypes, in the order of the table. */
export const dtypes = Object.keys(arrayClasses) as readonly DType[]

/** Bytes of one element. */
export function bytesPerElement(dtype: DType): number {
  return arrayClasses[dtype].BYTES_PER_ELEMENT
}

/** A dense, row-major tensor outside any engine. */
export interface NDArray<D extends DType = DType> {
  readonly dtype: D
  readonly shape: readonly number[]
  readonly data: TypedArrayOf<D>
}

/** Number of elements of a shape; 1 for a scalar (`[]`). */
export function sizeOfShape(shape: readonly number[]): number {
  let size = 1
  for (const dimension of shape) size *= dimension
  return size
}

/**
 * Makes an array of zeros, or views `data` as an array of this shape (nothing is copied).
 *
 * @throws ShapeError `SHAPE_DATA_MISMATCH` when the data has another number of elements than the shape,
 * `DTYPE_DATA_MISMATCH` when the data is of another typed-array class than the dtype.
 *
 * @example
 * ```ts
 * const pixels = ndarray('float32', [28, 28, 1])
 * ```
 */
export function ndarray<D extends DType>(dtype: D, shape: readonly number[], data?: TypedArrayOf<D>): NDArray<D> {
  const size = sizeOfShape(shape)
  const arrayClass = arrayClasses[dtype]
  if (!arrayClass) {
    throw new ShapeError({
      code: 'DTYPE_UNKNOWN',
      message: `There is no dtype '${dtype}'.`,
      fix: `Use one of: ${dtypes.join(', ')}.`,
    })
  }
  const elements = data ?? (new arrayClass(size) as TypedArrayOf<D>)
  if (!(elements instanceof arrayClass)) {
    throw new ShapeError({
      code: 'DTYPE_DATA_MISMATCH',
      message: `dtype ${dtype} needs a ${arrayClass.name} but the data is a ${Object.prototype.toString.call(elements).slice(8, -1)}.`,
    })
  }
  if (elements.length !== size) {
    throw new ShapeError({
      code: 'SHAPE_DATA_MISMATCH',
      message: `Shape [${shape.join(',')}] has ${size} elements but the data has ${elements.length}.`,
    })
  }
  return { dtype, shape, data: elements }
}

/** A float32 array of these values. */
export function float32(shape: readonly number[], values: ArrayLike<number>): NDArray<'float32'> {
  return ndarray('float32', shape, Float32Array.from(values))
}

/** Rows `from` to `from + count - 1` of an array: a view. */
export function rowsOf<D extends DType>({ dtype, shape, data }: NDArray<D>, from: number, count: number): NDArray<D> {
  const [, ...row] = shape
  const length = sizeOfShape(row)
  const rows = data.subarray(from * length, (from + count) * length) as TypedArrayOf<D>
  return ndarray(dtype, [count, ...row], rows)
}

/** Rows of several arrays in one, in order; one alone is returned as it is. */
export function joinRows(arrays: readonly NDArray[]): NDArray {
  const [first] = arrays as readonly [NDArray]
  if (arrays.length === 1) return first
  const { dtype, shape } = first
  const whole = ndarray(dtype, [arrays.reduce((rows, each) => rows + each.shape[0]!, 0), ...shape.slice(1)])
  let at = 0
  for (const { data } of arrays) {
    whole.data.set(data as never, at)
    at += data.length
  }
  return whole
}

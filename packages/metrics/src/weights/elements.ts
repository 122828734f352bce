import { type DType, gatherStrided, type NDArray, ndarray, sizeOfShape, type TypedArray } from '@gantry/core'
import { invalid } from './weights-errors.ts'

/** How elements lie in a weights file. */
export type StoredType =
  | 'float64'
  | 'float32'
  | 'float16'
  | 'bfloat16'
  | 'int64'
  | 'int32'
  | 'int16'
  | 'int8'
  | 'uint8'
  | 'bool'

interface Reading {
  readonly bytes: number
  /** What Gantry makes of it. */
  readonly dtype: DType
  /** For elements that are not Gantry's own: one of them, from its bits. */
  readonly convert?: (view: DataView, at: number, littleEndian: boolean) => number
}

const readings: Readonly<Record<StoredType, Reading>> = {
  float64: { bytes: 8, dtype: 'float64' },
  float32: { bytes: 4, dtype: 'float32' },
  float16: { bytes: 2, dtype: 'float32', convert: (view, at, little) => halfToNumber(view.getUint16(at, little)) },
  bfloat16: { bytes: 2, dtype: 'float32', convert: (view, at, little) => brainToNumber(view.getUint16(at, little)) },
  int64: { bytes: 8, dtype: 'int64' },
  int32: { bytes: 4, dtype: 'int32' },
  int16: { bytes: 2, dtype: 'int32', convert: (view, at, little) => view.getInt16(at, little) },
  int8: { bytes: 1, dtype: 'int32', convert: (view, at) => view.getInt8(at) },
  uint8: { bytes: 1, dtype: 'uint8' },
  bool: { bytes: 1, dtype: 'bool' },
}

/** Bytes of one element in the file. */
export function storedBytes(type: StoredType): number {
  return readings[type].bytes
}

/** All elements of a stretch of a file; a view of it where the platform's own layout is met, else a copy. */
export function readElements(type: StoredType, source: Uint8Array, littleEndian = true): TypedArray {
  const { bytes, dtype, convert } = readings[type]
  const count = Math.floor(source.length / bytes)
  if (convert !== undefined) {
    const view = new DataView(source.buffer, source.byteOffset, source.byteLength)
    const make = (_: unknown, index: number) => convert(view, index * bytes, littleEndian)
    return dtype === 'float32' ? Float32Array.from({ length: count }, make) : Int32Array.from({ length: count }, make)
  }
  const aligned = source.byteOffset % bytes === 0 && (littleEndian || bytes === 1)
  // Buffer's own slice would not copy.
  const own = aligned ? source : new Uint8Array(source)
  if (!littleEndian) for (let at = 0; at < count * bytes; at += bytes) own.subarray(at, at + bytes).reverse()
  const range = [own.buffer, own.byteOffset, count] as const
  switch (dtype) {
    case 'float32':
      return new Float32Array(...range)
    case 'float64':
      return new Float64Array(...range)
    case 'int32':
      return new Int32Array(...range)
    case 'int64':
      return new BigInt64Array(...range)
    default:
      return new Uint8Array(...range)
  }
}

/** The tensor that these elements are, in this order of axes; a view where the elements are in order already. */
export function strided(
  type: StoredType,
  elements: TypedArray,
  offset: number,
  shape: readonly number[],
  strides: readonly number[],
): NDArray {
  const { dtype } = readings[type]
  const size = sizeOfShape(shape)
  const last = shape.reduce((end, length, axis) => end + (length - 1) * strides[axis]!, offset)
  const fits = [...shape, ...strides, offset].every((value) => Number.isSafeInteger(value) && value >= 0)
  if (!fits || shape.length !== strides.length || (size > 0 && last >= elements.length)) {
    throw invalid(`A tensor of shape [${shape.join(',')}] does not fit its storage of ${elements.length} elements.`)
  }
  if (isContiguous(shape, strides)) return ndarray(dtype, shape, elements.subarray(offset, offset + size))
  // A tensor that repeats its storage could be made to fill the memory.
  if (size > elements.length && size > 2 ** 24) {
    throw invalid(`A tensor of shape [${shape.join(',')}] repeats a storage of ${elements.length} elements.`)
  }
  const out = new (elements.constructor as Float32ArrayConstructor)(size) as TypedArray
  return ndarray(dtype, shape, gatherStrided(elements, out, shape, strides, offset))
}

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis]! !== 1 && strides[axis]! !== expected) return false
    expected *= shape[axis]!
  }
  return true
}

function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

const word = new DataView(new ArrayBuffer(4))

/** bfloat16 is the upper half of a float32. */
function brainToNumber(bits: number): number {
  word.setUint32(0, bits << 16)
  return word.getFloat32(0)
}

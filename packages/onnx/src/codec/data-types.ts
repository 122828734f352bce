import { type DType, UnsupportedError } from '@gantry/core'

/** `TensorProto.DataType` of ONNX, by number. */
const names = [
  'undefined',
  'float32',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'int64',
  'string',
  'bool',
  'float16',
  'float64',
  'uint32',
  'uint64',
  'complex64',
  'complex128',
  'bfloat16',
  'float8e4m3fn',
  'float8e4m3fnuz',
  'float8e5m2',
  'float8e5m2fnuz',
  'uint4',
  'int4',
  'float4e2m1',
] as const

/** Types are still added to ONNX; beyond some number a file is damaged. */
const NEWER_THAN_ALL = 64

const codes = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
} as const satisfies Record<DType, number>

const dtypesByCode = new Map(Object.entries(codes).map(([dtype, code]) => [code as number, dtype as DType]))

/** ONNX's number of a dtype, as in the attribute `to` of Cast. */
export function dataTypeOf(dtype: DType): number {
  return codes[dtype]
}

/** The dtype of an ONNX number, or undefined when Gantry has none for it. */
export function dtypeOf(dataType: number): DType | undefined {
  return dtypesByCode.get(dataType)
}

/** ONNX's own name of a type. */
export function dataTypeName(dataType: number): string {
  return names[dataType] ?? `number ${dataType}`
}

/** Whether a number stands for a type of tensors, though perhaps of none that Gantry has. */
export function isDataType(dataType: number): boolean {
  return Number.isInteger(dataType) && dataType > 0 && dataType < NEWER_THAN_ALL
}

/**
 * The dtype of an ONNX number.
 *
 * @throws UnsupportedError `ONNX_DTYPE_UNSUPPORTED` for float16, strings and the like.
 */
export function expectDtype(dataType: number, owner: string): DType {
  const dtype = dtypeOf(dataType)
  if (dtype !== undefined) return dtype
  throw new UnsupportedError({
    code: 'ONNX_DTYPE_UNSUPPORTED',
    message: `${owner} is of type ${dataTypeName(dataType)}, but Gantry handles ${Object.keys(codes).join(', ')}.`,
    fix: 'Export the model in float32.',
  })
}

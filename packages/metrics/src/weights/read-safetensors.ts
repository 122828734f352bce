import { describeSafetensors, ModelFormatError, type NDArray, rowMajorStrides } from '@gantry/core'
import { readElements, type StoredType, strided } from './elements.ts'
import { invalid, truncated } from './weights-errors.ts'

const types: Readonly<Record<string, StoredType>> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  U8: 'uint8',
  BOOL: 'bool',
}

/** True for files that begin as `.safetensors` does: the length of a header, and the header's opening brace. */
export function isSafetensors(bytes: Uint8Array): boolean {
  return bytes.length >= 10 && bytes[8] === 0x7b && bytes[6] === 0 && bytes[7] === 0
}

/** Tensors of a `.safetensors` file, as views of its bytes where they are aligned. */
export function readSafetensors(bytes: Uint8Array): Map<string, NDArray> {
  const tensors = new Map<string, NDArray>()
  for (const { name, dtype, shape, from, end } of entriesOf(bytes)) {
    const type = Object.hasOwn(types, dtype) ? types[dtype] : undefined
    if (type === undefined)
      throw invalid(
        `The tensor '${name}' is ${dtype}, which Gantry does not read.`,
        `It reads ${Object.keys(types).join(', ')}.`,
      )
    tensors.set(name, strided(type, readElements(type, bytes.subarray(from, end)), 0, shape, rowMajorStrides(shape)))
  }
  return tensors
}

/** Where the tensors lie; errors are those of weights files of any format. */
function entriesOf(bytes: Uint8Array) {
  try {
    return describeSafetensors(bytes, 'The weights file').entries
  } catch (cause) {
    if (!ModelFormatError.isInstance(cause)) throw cause
    throw cause.code === 'SAFETENSORS_TRUNCATED' ? truncated(`it has ${bytes.length} bytes`) : invalid(cause.message)
  }
}

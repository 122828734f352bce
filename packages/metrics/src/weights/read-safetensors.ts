import { type NDArray, rowMajorStrides } from '@gantry/core'
import { readElements, type StoredType, storedBytes, strided } from './elements.ts'
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

interface Entry {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data_offsets: readonly [from: number, end: number]
}

/** True for files that begin as `.safetensors` does: the length of a header, and the header's opening brace. */
export function isSafetensors(bytes: Uint8Array): boolean {
  return bytes.length >= 10 && bytes[8] === 0x7b && bytes[6] === 0 && bytes[7] === 0
}

/** Tensors of a `.safetensors` file, as views of its bytes where they are aligned. */
export function readSafetensors(bytes: Uint8Array): Map<string, NDArray> {
  if (bytes.length < 8) throw truncated(`it has ${bytes.length} bytes`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const dataAt = 8 + Number(view.getBigUint64(0, true))
  if (dataAt > bytes.length) throw truncated('its header ends after it')
  const header = parseHeader(bytes.subarray(8, dataAt))
  const tensors = new Map<string, NDArray>()
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue
    if (!isEntry(entry))
      throw invalid(`The header of the .safetensors file says no dtype, shape and place of '${name}'.`)
    const { dtype, shape, data_offsets: offsets } = entry
    const type = Object.hasOwn(types, dtype) ? types[dtype] : undefined
    if (type === undefined)
      throw invalid(
        `The tensor '${name}' is ${dtype}, which Gantry does not read.`,
        `It reads ${Object.keys(types).join(', ')}.`,
      )
    const [from, end] = [dataAt + offsets[0], dataAt + offsets[1]]
    if (end > bytes.length) throw truncated(`the tensor '${name}' ends after it`)
    if (end - from !== shape.reduce((size, length) => size * length, storedBytes(type))) {
      throw invalid(
        `The tensor '${name}' of shape [${shape.join(',')}] has ${end - from} bytes, which is not its size.`,
      )
    }
    tensors.set(name, strided(type, readElements(type, bytes.subarray(from, end)), 0, shape, rowMajorStrides(shape)))
  }
  return tensors
}

function isEntry(value: unknown): value is Entry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Partial<Record<keyof Entry, unknown>>
  const counts = (list: unknown) => Array.isArray(list) && list.every((item) => Number.isSafeInteger(item) && item >= 0)
  return typeof dtype === 'string' && counts(shape) && counts(offsets) && (offsets as number[]).length === 2
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder().decode(bytes))
  } catch (cause) {
    throw invalid(`The header of the .safetensors file is no JSON: ${String(cause)}`)
  }
  if (typeof header !== 'object' || header === null) throw invalid('The header of the .safetensors file is no object.')
  return header as Record<string, unknown>
}

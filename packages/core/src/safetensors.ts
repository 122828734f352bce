import { ModelFormatError } from './errors.ts'
import type { State } from './model.ts'
import { arrayClasses, bytesPerElement, type DType, type NDArray, ndarray, sizeOfShape } from './ndarray.ts'

const names = { float64: 'F64', int64: 'I64', float32: 'F32', int32: 'I32', uint8: 'U8', bool: 'BOOL' } as const
const dtypesByName = new Map<string, DType>(Object.entries(names).map(([dtype, name]) => [name, dtype as DType]))

const LENGTH_BYTES = 8
const METADATA_KEY = '__metadata__'

interface TensorHeader {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data_offsets: readonly [number, number]
}

/** A safetensors file in memory: named arrays, and free-form text about them. */
export interface Safetensors {
  readonly tensors: State
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * Writes arrays in the safetensors format (https://github.com/huggingface/safetensors, format as of 0.4): an 8-byte
 * little-endian header length, a JSON header, then the bytes. Wide dtypes come first, so that every array is aligned.
 *
 * @example
 * ```ts
 * const bytes = encodeSafetensors({ tensors: { bias: float32([2], [1, 2]) }, metadata: { step: '100' } })
 * ```
 */
export function encodeSafetensors({ tensors, metadata }: Safetensors): Uint8Array {
  const order = Object.keys(tensors).sort((left, right) => {
    const widths = bytesPerElement(tensors[right]!.dtype) - bytesPerElement(tensors[left]!.dtype)
    return widths || (left < right ? -1 : 1)
  })
  const header = namedAfterFile<unknown>()
  header[METADATA_KEY] = metadata
  let end = 0
  for (const name of order) {
    const { dtype, shape, data } = tensors[name]!
    header[name] = { dtype: names[dtype], shape, data_offsets: [end, end + data.byteLength] } satisfies TensorHeader
    end += data.byteLength
  }
  const headerText = new TextEncoder().encode(JSON.stringify(header))
  const headerLength = Math.ceil(headerText.length / 8) * 8
  const file = new Uint8Array(LENGTH_BYTES + headerLength + end)
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true)
  file.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerLength)
  file.set(headerText, LENGTH_BYTES)
  let offset = LENGTH_BYTES + headerLength
  for (const name of order) {
    const { data } = tensors[name]!
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset)
    offset += data.byteLength
  }
  return file
}

/** Bytes of an element, also of those types that Gantry has no arrays for. */
const widths: Readonly<Record<string, number>> = {
  ...{ F64: 8, I64: 8, U64: 8, F32: 4, I32: 4, U32: 4, F16: 2, BF16: 2, I16: 2, U16: 2 },
  ...{ I8: 1, U8: 1, BOOL: 1, F8_E4M3: 1, F8_E5M2: 1 },
}

/** One array of a safetensors file, as its header says. */
export interface SafetensorsEntry {
  readonly name: string
  /** In the words of the file: `F32`, `BF16`. */
  readonly dtype: string
  readonly shape: readonly number[]
  /** Bytes of the file. */
  readonly from: number
  readonly end: number
}

/**
 * Reads a safetensors file; every array is a copy.
 *
 * @param owner what the message calls the file, usually its path
 * @throws ModelFormatError `SAFETENSORS_TRUNCATED` when bytes are missing at the end, `SAFETENSORS_INVALID` for anything
 * else that is not this format.
 */
export function decodeSafetensors(file: Uint8Array, owner = 'The file'): Safetensors {
  const invalid = refusing(owner)
  const { entries, metadata } = describeSafetensors(file, owner)
  const tensors = namedAfterFile<NDArray>()
  for (const { name, dtype: dtypeName, shape, from, end } of entries) {
    const dtype = dtypesByName.get(dtypeName)
    if (dtype === undefined) throw invalid(`'${name}' has the dtype '${dtypeName}'`)
    const bytes = new Uint8Array(file.subarray(from, end))
    tensors[name] = ndarray(dtype, shape, new arrayClasses[dtype](bytes.buffer))
  }
  return { tensors, metadata }
}

/**
 * What is in a safetensors file, of whatever type: the same checks, but nothing is read of the arrays.
 *
 * @throws ModelFormatError as {@link decodeSafetensors}
 */
export function describeSafetensors(
  file: Uint8Array,
  owner = 'The file',
): { readonly entries: readonly SafetensorsEntry[]; readonly metadata: Readonly<Record<string, string>> } {
  const invalid = refusing(owner)
  const requireLength = (needed: number) => {
    if (file.length >= needed) return
    throw new ModelFormatError({
      code: 'SAFETENSORS_TRUNCATED',
      message: `${owner} is truncated: it has ${file.length} bytes but its header asks for ${needed}.`,
    })
  }

  requireLength(LENGTH_BYTES)
  const headerLength = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true))
  // The format caps headers at 100 MB: more means that the first bytes are something else.
  if (headerLength > 100_000_000) throw invalid('its first 8 bytes are no header length')
  const dataStart = LENGTH_BYTES + headerLength
  requireLength(dataStart)
  const header = parseHeader(file.subarray(LENGTH_BYTES, dataStart), invalid)
  let expectedStart = 0
  const entries = inFileOrder(header, invalid).map(
    ([name, { dtype, shape, data_offsets: offsets }]): SafetensorsEntry => {
      const [start, end] = offsets
      const width = Object.hasOwn(widths, dtype) ? widths[dtype] : undefined
      if (width === undefined) throw invalid(`'${name}' has the dtype '${dtype}'`)
      const length = sizeOfShape(shape) * width
      if (start !== expectedStart || end - start !== length) {
        const type = dtypesByName.get(dtype) ?? dtype
        throw invalid(
          `'${name}' (${type}[${shape}]) needs bytes ${expectedStart} to ${expectedStart + length} but claims ${start} to ${end}`,
        )
      }
      expectedStart = end
      requireLength(dataStart + end)
      return { name, dtype, shape, from: dataStart + start, end: dataStart + end }
    },
  )
  if (file.length !== dataStart + expectedStart) {
    throw invalid(`it goes on for ${file.length - dataStart - expectedStart} bytes after its last array`)
  }
  return { entries, metadata: readMetadata(header, invalid) }
}

function refusing(owner: string): Invalid {
  return (detail, cause) =>
    new ModelFormatError({
      code: 'SAFETENSORS_INVALID',
      message: `${owner} is not a safetensors file that Gantry can read: ${detail}.`,
      cause,
    })
}

type Invalid = (detail: string, cause?: unknown) => Error

/** A record whose keys a file chooses: it has none of its own, as `__proto__` would be. */
function namedAfterFile<Value>(): Record<string, Value> {
  return Object.create(null)
}

/** The tensors by where they start; an empty one comes before what starts at the same byte. */
function inFileOrder(header: Readonly<Record<string, unknown>>, invalid: Invalid): [string, TensorHeader][] {
  const entries = Object.entries(header).filter(([name]) => name !== METADATA_KEY)
  for (const [name, entry] of entries) {
    if (!isTensorHeader(entry)) throw invalid(`its header says no dtype, shape and place of '${name}'`)
  }
  return (entries as [string, TensorHeader][]).sort(([, left], [, right]) => {
    const [leftStart, leftEnd] = left.data_offsets
    const [rightStart, rightEnd] = right.data_offsets
    return leftStart - rightStart || leftEnd - rightEnd
  })
}

function isTensorHeader(value: unknown): value is TensorHeader {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Partial<Record<keyof TensorHeader, unknown>>
  return typeof dtype === 'string' && areCounts(shape) && areCounts(offsets) && offsets.length === 2
}

function areCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0)
}

/** The format allows text only. */
function readMetadata(header: Readonly<Record<string, unknown>>, invalid: Invalid): Record<string, string> {
  const given = header[METADATA_KEY] ?? {}
  if (typeof given !== 'object' || Array.isArray(given)) throw invalid('its metadata are no JSON object')
  const metadata = namedAfterFile<string>()
  for (const [key, value] of Object.entries(given)) {
    if (typeof value !== 'string') throw invalid(`its metadata '${key}' are no text`)
    metadata[key] = value
  }
  return metadata
}

function parseHeader(bytes: Uint8Array, invalid: Invalid): Record<string, unknown> {
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw invalid('its header is not JSON', cause)
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    throw invalid('its header is no JSON object')
  return header as Record<string, unknown>
}

import { counted, DataError } from '@gantry/core'

/** The only element type of the IDX format that images and labels use. */
const UNSIGNED_BYTE = 0x08

/** Contents of an IDX file of bytes. */
export interface IdxArray {
  readonly shape: readonly number[]
  /** A view of the file's bytes, row-major: nothing is copied. */
  readonly data: Uint8Array
}

/**
 * Reads the IDX format of the MNIST files, unpacked: two zero bytes, element type, number of dimensions, the
 * dimensions as big-endian 32-bit integers, then the elements.
 *
 * @param name of the file, for messages
 * @throws DataError `IDX_INVALID` for a file of another format or with bytes after the end, `IDX_TYPE_UNSUPPORTED` for
 * elements other than unsigned bytes, `IDX_TRUNCATED` for a file that ends early.
 * @see LeCun, Cortes and Burges, The MNIST database of handwritten digits (1998), "File formats"
 */
export function parseIdx(bytes: Uint8Array, name: string): IdxArray {
  if (bytes.length < 4) throw truncated(name, 'a header of at least 4 bytes', bytes.length)
  const [zero0, zero1, type, rank] = bytes as unknown as [number, number, number, number]
  if (zero0 !== 0 || zero1 !== 0 || rank === 0) {
    throw new DataError({
      code: 'IDX_INVALID',
      message: `'${name}' is no IDX file: it starts with ${hexadecimal(bytes.subarray(0, 4))} instead of 00 00 08 0n.`,
    })
  }
  if (type !== UNSIGNED_BYTE) {
    throw new DataError({
      code: 'IDX_TYPE_UNSUPPORTED',
      message: `'${name}' holds elements of IDX type ${hexadecimal(Uint8Array.of(type))}, but only unsigned bytes (08) are read.`,
    })
  }
  const start = 4 + 4 * rank
  if (bytes.length < start) throw truncated(name, `a header of ${counted(start, 'byte')}`, bytes.length)
  const header = new DataView(bytes.buffer, bytes.byteOffset, start)
  const shape = Array.from({ length: rank }, (_, axis) => header.getUint32(4 + 4 * axis))
  const end = shape.reduce((size, dimension) => size * dimension, 1) + start
  if (bytes.length < end)
    throw truncated(name, `${counted(end, 'byte')} for the shape [${shape.join(',')}]`, bytes.length)
  if (bytes.length > end) {
    throw new DataError({
      code: 'IDX_INVALID',
      message: `'${name}' should end after ${counted(end, 'byte')} (shape [${shape.join(',')}]) but has ${bytes.length}.`,
    })
  }
  return { shape, data: bytes.subarray(start) }
}

function truncated(name: string, expected: string, actual: number): DataError {
  return new DataError({
    code: 'IDX_TRUNCATED',
    message: `'${name}' is truncated: it should have ${expected} but has ${counted(actual, 'byte')}.`,
    fix: 'Fetch the file again.',
  })
}

function hexadecimal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
}

import { open } from 'node:fs/promises'
import { storageError } from './storage-error.ts'

/** What a file is by the bytes that it begins with. */
export type FileKind =
  | (typeof signatures)[number]['kind']
  | 'tar'
  | 'idx'
  | 'safetensors'
  | 'json'
  | 'empty'
  | 'unknown'

/** Where no place is given, at the beginning. */
interface Signature {
  readonly kind: string
  readonly bytes: string
  readonly at?: number
}

const signatures = [
  { kind: 'png', bytes: '\x89PNG\r\n\x1a\n' },
  { kind: 'jpeg', bytes: '\xff\xd8\xff' },
  { kind: 'webp', bytes: 'WEBP', at: 8 },
  { kind: 'gif', bytes: 'GIF8' },
  { kind: 'bmp', bytes: 'BM' },
  { kind: 'tiff', bytes: 'II*\0' },
  { kind: 'tiff', bytes: 'MM\0*' },
  { kind: 'gzip', bytes: '\x1f\x8b' },
  { kind: 'zstandard', bytes: '\x28\xb5\x2f\xfd' },
  { kind: 'xz', bytes: '\xfd7zXZ\0' },
  { kind: 'bzip2', bytes: 'BZh' },
  { kind: 'zip', bytes: 'PK\x03\x04' },
  { kind: 'zip', bytes: 'PK\x05\x06' },
  { kind: '7z', bytes: '7z\xbc\xaf\x27\x1c' },
  { kind: 'rar', bytes: 'Rar!' },
  { kind: 'parquet', bytes: 'PAR1' },
  { kind: 'npy', bytes: '\x93NUMPY' },
  { kind: 'hdf5', bytes: '\x89HDF\r\n\x1a\n' },
  { kind: 'pdf', bytes: '%PDF' },
  { kind: 'pickle', bytes: '\x80\x02' },
  { kind: 'pickle', bytes: '\x80\x03' },
  { kind: 'pickle', bytes: '\x80\x04' },
  { kind: 'pickle', bytes: '\x80\x05' },
] as const satisfies readonly Signature[]

/** As long as the header of a tar archive, whose mark stands furthest from the beginning. */
const LONGEST = 512

/** What a file is, whatever its name says. */
export function fileKind(beginning: Uint8Array): FileKind {
  if (beginning.length === 0) return 'empty'
  const text = String.fromCharCode(...beginning.subarray(0, LONGEST))
  const known = signatures.find((signature: Signature) => text.startsWith(signature.bytes, signature.at))
  if (known !== undefined) return known.kind
  if (text.startsWith('ustar', 257)) return 'tar'
  if (isIdx(beginning)) return 'idx'
  // A length in eight bytes, of the header that follows; none is above 4 GB.
  if (text.startsWith('\0\0\0\0{', 4)) return 'safetensors'
  return /^(\xef\xbb\xbf)?\s*[{[]/.test(text) ? 'json' : 'unknown'
}

/** Two zeros, one of six types of elements, the number of dimensions. */
function isIdx([zero, alsoZero, type = 0, rank = 0]: Uint8Array): boolean {
  return zero === 0 && alsoZero === 0 && [8, 9, 11, 12, 13, 14].includes(type) && rank >= 1 && rank <= 8
}

/**
 * What the file at a path is, by its beginning.
 *
 * @throws StorageError
 */
export async function kindOfFile(path: string): Promise<FileKind> {
  try {
    const file = await open(path, 'r')
    try {
      const { buffer, bytesRead } = await file.read(new Uint8Array(LONGEST), 0, LONGEST, 0)
      return fileKind(buffer.subarray(0, bytesRead))
    } finally {
      await file.close()
    }
  } catch (cause) {
    throw storageError('read', path, cause)
  }
}

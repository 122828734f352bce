import { DataError } from '@gantry/core'

/** Headers and contents of a tar archive begin at multiples of this. */
export const BLOCK = 512

export interface TarHeader {
  readonly name: string
  readonly size: number
  readonly type: TarType
  /** Of links: what they stand for. */
  readonly target: string
  /** Of old GNU sparse files: whether blocks of the map of their holes lie between the header and the content. */
  readonly hasMap: boolean
}

/** `long-name`, `long-target` and `pax` describe the entry that follows. */
type TarType =
  | 'file'
  | 'hard-link'
  | 'symbolic-link'
  | 'long-name'
  | 'long-target'
  | 'pax'
  | 'sparse'
  | 'continued'
  | 'other'

const types: Readonly<Record<string, TarType>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '1': 'hard-link',
  '2': 'symbolic-link',
  L: 'long-name',
  K: 'long-target',
  x: 'pax',
  S: 'sparse',
  M: 'continued',
}

const decoder = new TextDecoder()

/**
 * Reads a header block: USTAR, GNU or the old V7 format.
 *
 * @param place of the block, for messages
 * @throws DataError `TAR_INVALID` when the block's checksum is not that of its bytes: this is no tar archive.
 */
export function parseTarHeader(block: Uint8Array, place: string): TarHeader {
  const stated = octal(block.subarray(148, 156))
  const { sum, signed } = checksums(block)
  if (sum !== stated && signed !== stated) {
    throw new DataError({
      code: 'TAR_INVALID',
      message: `${place} is no header of a tar archive: its bytes add up to ${sum}, but it states ${stated}.`,
      fix: 'Check that the file is an uncompressed tar archive (or ends in .tar.gz or .tgz), and fetch it again.',
    })
  }
  const name = text(block.subarray(0, 100))
  const prefix = text(block.subarray(257, 262)) === 'ustar' && block[263] === 0x30 ? text(block.subarray(345, 500)) : ''
  const type = types[String.fromCharCode(block[156]!)] ?? 'other'
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    size: size(block.subarray(124, 136)),
    type,
    target: text(block.subarray(157, 257)),
    hasMap: type === 'sparse' && block[482] === 1,
  }
}

/** The sum of the bytes, and what old systems wrote whose bytes have a sign. The checksum counts itself as eight spaces. */
function checksums(block: Uint8Array): { sum: number; signed: number } {
  let [sum, signed] = [8 * 32, 8 * 32]
  for (const [index, byte] of block.entries()) {
    if (index >= 148 && index < 156) continue
    sum += byte
    signed += byte < 128 ? byte : byte - 256
  }
  return { sum, signed }
}

/**
 * The records that PAX puts before an entry: `27 path=…\n`, each beginning with its own length in bytes.
 *
 * @throws DataError `TAR_INVALID`: without them a file would have another name or size.
 */
export function parsePax(bytes: Uint8Array, place: string): Map<string, string> {
  const records = new Map<string, string>()
  for (let start = 0; start < bytes.length; ) {
    const space = bytes.indexOf(0x20, start)
    const length = Number(decoder.decode(bytes.subarray(start, space)))
    if (space < 0 || !(length > space - start) || start + length > bytes.length) {
      throw new DataError({
        code: 'TAR_INVALID',
        message: `${place} has damaged PAX records: that at byte ${start} of them is not as long as it says.`,
        fix: 'Fetch the file again.',
      })
    }
    const record = decoder.decode(bytes.subarray(space + 1, start + length - 1))
    const equals = record.indexOf('=')
    records.set(record.slice(0, equals), record.slice(equals + 1))
    start += length
  }
  return records
}

/** Text up to the first zero byte. */
export function text(field: Uint8Array): string {
  const end = field.indexOf(0)
  return decoder.decode(end < 0 ? field : field.subarray(0, end))
}

function octal(field: Uint8Array): number {
  const digits = text(field).trim()
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : Number.NaN
}

/** Sizes from 8 GiB on are binary (GNU), marked by the highest bit. */
function size(field: Uint8Array): number {
  if ((field[0]! & 0x80) === 0) return octal(field)
  return field.subarray(1).reduce((total, byte) => total * 256 + byte, field[0]! & 0x7f)
}

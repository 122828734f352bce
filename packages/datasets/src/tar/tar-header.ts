import { DataError } from '@gantry/core'

/** Headers and contents of a tar archive begin at multiples of this. */
export const BLOCK = 512

export interface TarHeader {
  readonly name: string
  readonly size: number
  /** `file`, or what describes the entry that follows: a GNU long name, or PAX records. */
  readonly type: 'file' | 'long-name' | 'pax' | 'other'
}

const types: Readonly<Record<string, TarHeader['type']>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  L: 'long-name',
  x: 'pax',
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
  // The checksum counts itself as eight spaces.
  const sum = block.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0)
  if (sum !== stated) {
    throw new DataError({
      code: 'TAR_INVALID',
      message: `${place} is no header of a tar archive: its bytes add up to ${sum}, but it states ${stated}.`,
      fix: 'Check that the file is an uncompressed tar archive (or ends in .tar.gz or .tgz), and fetch it again.',
    })
  }
  const name = text(block.subarray(0, 100))
  const prefix = text(block.subarray(257, 262)) === 'ustar' && block[263] === 0x30 ? text(block.subarray(345, 500)) : ''
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    size: size(block.subarray(124, 136)),
    type: types[String.fromCharCode(block[156]!)] ?? 'other',
  }
}

/** The records that PAX puts before an entry: `27 path=…\n`, each beginning with its own length in bytes. */
export function parsePax(bytes: Uint8Array): Map<string, string> {
  const records = new Map<string, string>()
  for (let start = 0; start < bytes.length; ) {
    const space = bytes.indexOf(0x20, start)
    const length = Number(decoder.decode(bytes.subarray(start, space)))
    if (space < 0 || !(length > 0)) break
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
  return Number.parseInt(text(field).trim() || '0', 8)
}

/** Sizes from 8 GiB on are binary (GNU), marked by the highest bit. */
function size(field: Uint8Array): number {
  if ((field[0]! & 0x80) === 0) return octal(field)
  return field.subarray(1).reduce((total, byte) => total * 256 + byte, field[0]! & 0x7f)
}

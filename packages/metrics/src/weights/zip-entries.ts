import { truncated } from './weights-errors.ts'

const END = 0x06054b50
const END_64 = 0x06064b50
const CENTRAL = 0x02014b50
const LOCAL = 0x04034b50
const ZIP64_EXTRA = 0x0001
const ABSENT = 0xffffffff

/** True for bytes that begin as a zip archive does. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4
}

/** One file of an archive, as a view of the archive's bytes: weights of 100 MB must not be copied. */
export interface ZipEntry {
  readonly compressed: boolean
  readonly bytes: Uint8Array
}

/**
 * The files of an archive, by name.
 *
 * @throws ModelFormatError `WEIGHTS_TRUNCATED`
 */
export function zipEntries(bytes: Uint8Array): Map<string, ZipEntry> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const entries = new Map<string, ZipEntry>()
  let { position, count } = findDirectory(view)
  for (; count > 0; count--) {
    if (position + 46 > bytes.length || view.getUint32(position, true) !== CENTRAL)
      throw truncated('its zip directory is damaged')
    const method = view.getUint16(position + 10, true)
    const nameLength = view.getUint16(position + 28, true)
    const extraLength = view.getUint16(position + 30, true)
    const nameAt = position + 46
    const name = new TextDecoder().decode(bytes.subarray(nameAt, nameAt + nameLength))
    const { size, localAt } = sizes(view, position, nameAt + nameLength, extraLength)
    if (localAt + 30 > bytes.length || view.getUint32(localAt, true) !== LOCAL)
      throw truncated(`'${name}' lies outside`)
    // The local header may have more padding than the directory says: PyTorch aligns data by it.
    const dataAt = localAt + 30 + view.getUint16(localAt + 26, true) + view.getUint16(localAt + 28, true)
    if (dataAt + size > bytes.length) throw truncated(`'${name}' ends after it`)
    entries.set(name, { compressed: method !== 0, bytes: bytes.subarray(dataAt, dataAt + size) })
    position = nameAt + nameLength + extraLength + view.getUint16(position + 32, true)
  }
  return entries
}

function findDirectory(view: DataView): { position: number; count: number } {
  // The end record is followed by a comment of at most 65535 bytes.
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 22 - 0xffff); at--) {
    if (view.getUint32(at, true) !== END) continue
    const position = view.getUint32(at + 16, true)
    const count = view.getUint16(at + 10, true)
    if (position !== ABSENT && count !== 0xffff) return { position, count }
    const at64 = at >= 20 ? Number(view.getBigUint64(at - 20 + 8, true)) : view.byteLength
    if (at64 + 56 > view.byteLength || view.getUint32(at64, true) !== END_64) break
    return { position: Number(view.getBigUint64(at64 + 48, true)), count: Number(view.getBigUint64(at64 + 32, true)) }
  }
  throw truncated('the zip directory at its end is missing')
}

/** Size and place of an entry; what does not fit 32 bits is in the 64-bit extra field, in this order. */
function sizes(
  view: DataView,
  position: number,
  extraAt: number,
  extraLength: number,
): { size: number; localAt: number } {
  const [packed, size, localAt] = [20, 24, 42].map((offset) => view.getUint32(position + offset, true)) as [
    number,
    number,
    number,
  ]
  if (packed !== ABSENT && size !== ABSENT && localAt !== ABSENT) return { size, localAt }
  for (
    let at = extraAt;
    at + 4 <= Math.min(extraAt + extraLength, view.byteLength);
    at += 4 + view.getUint16(at + 2, true)
  ) {
    if (view.getUint16(at, true) !== ZIP64_EXTRA) continue
    let field = at + 4
    const next = (value: number) => {
      if (value !== ABSENT) return value
      field += 8
      if (field > view.byteLength) throw truncated('its zip directory is damaged')
      return Number(view.getBigUint64(field - 8, true))
    }
    const wideSize = next(size)
    next(packed)
    return { size: wideSize, localAt: next(localAt) }
  }
  throw truncated('its zip directory is damaged')
}

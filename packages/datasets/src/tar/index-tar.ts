import { stat } from 'node:fs/promises'
import { DataError } from '@gantry/core'
import { storageError } from '@gantry/files'
import { readSlice, type Slice } from '../shards/read-slice.ts'
import { BLOCK, parsePax, parseTarHeader, type TarHeader, text } from './tar-header.ts'

/** A file inside an archive, and the bytes of the archive that it is. */
export interface TarEntry extends Slice {
  readonly name: string
}

/** Read at a time: many headers of small files, one of large files. */
const WINDOW = 64 * 1024

/**
 * Finds the files of an uncompressed tar archive from its headers, so that each can be read on its own. Long names (GNU and
 * PAX) and sizes beyond 8 GiB are understood; links and folders are passed over.
 *
 * @param name of the archive, for messages
 * @throws DataError `TAR_INVALID`, `TAR_TRUNCATED`; StorageError; the signal's reason when it is aborted.
 */
export async function indexTar(path: string, name: string, signal?: AbortSignal): Promise<TarEntry[]> {
  const { size: length } = await stat(path).catch((cause) => {
    throw storageError('read', path, cause)
  })
  const entries: TarEntry[] = []
  const read = windowed(path)
  /** What the entries before have said about the next one. */
  let next: { name?: string; size?: number } = {}
  for (let position = 0; position < length; ) {
    signal?.throwIfAborted()
    const block = await read(position, Math.min(BLOCK, length - position))
    // The archive ends with blocks of zeros.
    if (block.every((byte) => byte === 0)) break
    if (block.length < BLOCK) throw cutHeader(name, position, length)
    const header = parseTarHeader(block, `Byte ${position} of '${name}'`)
    const offset = position + BLOCK
    const size = header.type === 'file' ? (next.size ?? header.size) : header.size
    // Not written as "greater": a size that is no number at all is an end nowhere in the archive, too.
    if (!(offset + size <= length)) throw truncated(name, next.name ?? header.name, offset + size, length)
    if (header.type === 'file') entries.push({ name: next.name ?? header.name, offset, size })
    next = await announced(header, next, () => read(offset, size))
    position = offset + Math.ceil(size / BLOCK) * BLOCK
  }
  return entries
}

/** What an entry says about the one behind it. */
async function announced(
  { type }: TarHeader,
  next: { name?: string; size?: number },
  content: () => Promise<Uint8Array>,
): Promise<typeof next> {
  if (type === 'long-name') return { ...next, name: text(await content()) }
  if (type !== 'pax') return {}
  const records = parsePax(await content())
  const [name, size] = [records.get('path'), records.get('size')]
  return { ...next, ...(name !== undefined && { name }), ...(size !== undefined && { size: Number(size) }) }
}

/** Reads slices of a file, several of them from one look at the disk. */
function windowed(path: string): (offset: number, length: number) => Promise<Uint8Array> {
  let start = 0
  let bytes: Uint8Array = new Uint8Array()
  return async (offset, length) => {
    if (offset < start || offset + length > start + bytes.length) {
      bytes = await readSlice(path, { offset, size: Math.max(length, WINDOW) })
      start = offset
    }
    return bytes.subarray(offset - start, offset - start + length)
  }
}

function cutHeader(name: string, position: number, length: number): DataError {
  return new DataError({
    code: 'TAR_TRUNCATED',
    message: `'${name}' is truncated: the header at byte ${position} goes up to byte ${position + BLOCK}, but the archive has ${length}.`,
    fix: 'Fetch the file again.',
  })
}

function truncated(name: string, entry: string, end: number, length: number): DataError {
  return new DataError({
    code: 'TAR_TRUNCATED',
    message: `'${name}' is truncated: its file '${entry}' goes up to byte ${end}, but the archive has ${length}.`,
    fix: 'Fetch the file again.',
  })
}

import { stat } from 'node:fs/promises'
import { counted, DataError } from '@gantry/core'
import { storageError } from '@gantry/files'
import { readSlice, type Slice } from '../shards/read-slice.ts'
import { BLOCK, parsePax, parseTarHeader, type TarHeader, text } from './tar-header.ts'
import { resolveLinks, type TarLink } from './tar-links.ts'

/** A file inside an archive, and the bytes of the archive that it is. */
export interface TarEntry extends Slice {
  readonly name: string
}

export interface IndexTarOptions {
  readonly signal?: AbortSignal | undefined
  /** Told what of the archive is not among the entries, and where the archive itself looks incomplete. */
  readonly onLeftOut?: (name: string, reason: string) => void
}

/** Read at a time: many headers of small files, one of large files. */
const WINDOW = 64 * 1024

/** Longer than any name or PAX records; a size above it is damage, and would be read into memory. */
const MAXIMUM_DESCRIPTION = 1024 * 1024

const ZEROS = new Uint8Array(BLOCK)

/** What the entries before have said about the next one. */
interface Announced {
  readonly name?: string
  readonly size?: number
  readonly target?: string
  readonly sparse?: boolean
}

/**
 * Finds the files of an uncompressed tar archive from its headers, so that each can be read on its own. Long names (GNU and
 * PAX) and sizes beyond 8 GiB are understood; links stand for the file that they name; folders are passed over. What follows the
 * end of an archive is read on where it is another one, as `cat a.tar b.tar` makes them.
 *
 * @param name of the archive, for messages
 * @throws DataError `TAR_INVALID`, `TAR_TRUNCATED`; StorageError; the signal's reason when it is aborted.
 */
export async function indexTar(
  path: string,
  name: string,
  { signal, onLeftOut = () => {} }: IndexTarOptions = {},
): Promise<TarEntry[]> {
  const { size: length } = await stat(path).catch((cause) => {
    throw storageError('read', path, cause)
  })
  const found: (TarEntry | TarLink)[] = []
  const read = windowed(path)
  let next: Announced = {}
  let ended = false
  for (let position = 0; position < length; ) {
    signal?.throwIfAborted()
    const block = await read(position, Math.min(BLOCK, length - position))
    // The archive ends with blocks of zeros.
    if (Buffer.compare(block, ZEROS.subarray(0, block.length)) === 0) {
      ended = true
      position += BLOCK
      continue
    }
    const place = `Byte ${position} of '${name}'`
    const header = headerAt(block, place, { name, position, length, ended })
    if (header === undefined) {
      onLeftOut(name, `has ${counted(length - position, 'byte')} behind its end that are no archive`)
      return resolveLinks(found, onLeftOut)
    }
    ended = false
    const offset = position + BLOCK + (header.hasMap ? await mapLength(read, position + BLOCK, length) : 0)
    const size = isContent(header) ? (next.size ?? header.size) : header.size
    const own = next.name ?? header.name
    // Not written as "greater": a size that is no number at all is an end nowhere in the archive, too.
    if (!(offset + size <= length)) throw truncated(name, own, offset + size, length)
    const entry = entryOf(header, next, { name: own, offset, size }, onLeftOut)
    if (entry !== undefined) found.push(entry)
    next = await announced(header, next, size, place, () => read(offset, size))
    position = offset + Math.ceil(size / BLOCK) * BLOCK
  }
  if (!ended && length > 0) onLeftOut(name, 'has no mark at its end: it may have been cut off between two files')
  return resolveLinks(found, onLeftOut)
}

/** Undefined for what follows the end of an archive and is no other one. */
function headerAt(
  block: Uint8Array,
  place: string,
  { name, position, length, ended }: { name: string; position: number; length: number; ended: boolean },
): TarHeader | undefined {
  try {
    if (block.length < BLOCK) throw cutHeader(name, position, length)
    return parseTarHeader(block, place)
  } catch (error) {
    if (ended) return undefined
    throw error
  }
}

const isContent = ({ type }: TarHeader) => type === 'file' || type === 'sparse'

/** What an entry adds to the archive's files. */
function entryOf(
  { type, target }: TarHeader,
  next: Announced,
  entry: TarEntry,
  onLeftOut: (name: string, reason: string) => void,
): TarEntry | TarLink | undefined {
  if (type === 'hard-link' || type === 'symbolic-link') {
    return { name: entry.name, target: next.target ?? target, symbolic: type === 'symbolic-link' }
  }
  if (type === 'sparse' || (type === 'file' && next.sparse)) onLeftOut(entry.name, 'is stored as a sparse file')
  else if (type === 'continued') onLeftOut(entry.name, 'goes on from another archive')
  else if (type === 'file') return entry
  return undefined
}

/** What an entry says about the one behind it. */
async function announced(
  { type }: TarHeader,
  next: Announced,
  length: number,
  place: string,
  content: () => Promise<Uint8Array>,
): Promise<Announced> {
  if (type !== 'long-name' && type !== 'long-target' && type !== 'pax') return {}
  if (length > MAXIMUM_DESCRIPTION) {
    throw new DataError({
      code: 'TAR_INVALID',
      message: `${place} describes a file in ${counted(length, 'byte')}, but ${MAXIMUM_DESCRIPTION} are more than any description has.`,
      fix: 'Fetch the file again.',
    })
  }
  if (type === 'long-name') return { ...next, name: text(await content()) }
  if (type === 'long-target') return { ...next, target: text(await content()) }
  const records = parsePax(await content(), place)
  const [name, size, target] = ['path', 'size', 'linkpath'].map((key) => records.get(key))
  const sparse = [...records.keys()].some((key) => key.startsWith('GNU.sparse.'))
  const real = records.get('GNU.sparse.name') ?? name
  return {
    ...next,
    ...(real !== undefined && { name: real }),
    ...(size !== undefined && { size: Number(size) }),
    ...(target !== undefined && { target }),
    ...(sparse && { sparse }),
  }
}

/** Bytes of the blocks with the map of an old GNU sparse file; the last byte but seven of each says whether another follows. */
async function mapLength(read: Reader, start: number, length: number): Promise<number> {
  for (let at = start; at + BLOCK <= length; at += BLOCK) {
    if ((await read(at, BLOCK))[504] !== 1) return at + BLOCK - start
  }
  return length - start
}

type Reader = (offset: number, length: number) => Promise<Uint8Array>

/** Reads slices of a file, several of them from one look at the disk. */
function windowed(path: string): Reader {
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

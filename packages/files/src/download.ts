import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DataError } from '@gantry/core'
import { hashFile, matchesHash } from './hash-file.ts'
import { PartialFile } from './partial-file.ts'
import { storageError } from './storage-error.ts'

export interface DownloadOptions {
  /** Where the file goes; folders are made. */
  readonly path: string
  /** SHA-256 of the whole file, or at least its first 8 digits, in hexadecimal. */
  readonly sha256?: string
  /** MD5, where the source publishes nothing better. */
  readonly md5?: string
  /** Bytes that are there and bytes of the whole file, which not every server tells. */
  readonly onProgress?: (done: number, total: number | undefined) => void
  readonly signal?: AbortSignal
  /** Seconds without a byte after which a connection counts as dead; 30 by default. */
  readonly stallSeconds?: number
  /** Attempts after the first one, each going on where the last one stopped; 3 by default. */
  readonly retries?: number
}

export interface Download {
  readonly path: string
  readonly bytes: number
  /** False when the file was there already. */
  readonly fetched: boolean
}

/**
 * Fetches a file over HTTP, or finds that it is there already. What arrived of an interrupted download is kept beside the
 * path (`.part`) and completed by the next call; the name itself only ever stands for a whole, checked file.
 *
 * @throws DataError `DOWNLOAD_REFUSED` (the server's answer), `DOWNLOAD_FAILED` (no connection, or it stalled again and
 * again), `DOWNLOAD_CORRUPT` (another checksum: what arrived is removed), `FILE_CORRUPT` (a file of that name with another
 * checksum is there); StorageError; the signal's reason when it is aborted.
 *
 * @example
 * ```ts
 * await download('https://example.org/weights.pth', { path: 'weights.pth', sha256: '6726825d' })
 * ```
 */
export async function download(url: string, options: DownloadOptions): Promise<Download> {
  const { path, signal, retries = 3 } = options
  const hash = (file: string) => hashFile(file, options.md5 !== undefined)
  const there = await hash(path)
  if (there !== undefined) {
    if (matchesHash(there, options)) return { path, bytes: there.bytes, fetched: false }
    throw new DataError({
      code: 'FILE_CORRUPT',
      message: `${path} (${there.bytes} bytes) has the SHA-256 ${there.sha256}, but ${wanted(options)} is expected.`,
      fix: 'Remove the file, and it is downloaded again.',
    })
  }
  await mkdir(dirname(path), { recursive: true }).catch((cause) => {
    throw storageError('write', dirname(path), cause)
  })
  const part = new PartialFile(`${path}.part`)
  for (let attempt = 0; ; attempt++) {
    try {
      await fetchRest(url, part, options)
      break
    } catch (cause) {
      signal?.throwIfAborted()
      if (!isTransient(cause)) throw cause
      if (attempt >= retries) throw failed(url, await part.size(), cause)
      await pause(250 * 2 ** attempt, signal)
    }
  }
  const arrived = (await hash(part.path))!
  if (!matchesHash(arrived, options)) {
    await part.remove()
    throw new DataError({
      code: 'DOWNLOAD_CORRUPT',
      message: `What ${url} sent (${arrived.bytes} bytes) has the SHA-256 ${arrived.sha256}, but ${wanted(options)} is expected.`,
      fix: 'Try again; if it stays so, the file at the source has changed.',
    })
  }
  await rename(part.path, path).catch((cause) => {
    throw storageError('write', path, cause)
  })
  await rm(part.notePath, { force: true })
  return { path, bytes: arrived.bytes, fetched: true }
}

/** Fetches what the partial file lacks. */
async function fetchRest(url: string, part: PartialFile, options: DownloadOptions): Promise<void> {
  const { onProgress, signal, stallSeconds = 30 } = options
  const stalled = new AbortController()
  const watch = (): NodeJS.Timeout =>
    setTimeout(() => stalled.abort(new Stalled(`no byte for ${stallSeconds} s`)), stallSeconds * 1000)
  let timer = watch()
  try {
    const from = await part.resumable(url)
    const response = await fetch(url, {
      headers: from === undefined ? {} : { range: `bytes=${from.bytes}-`, 'if-range': from.validator },
      signal: signal ? AbortSignal.any([signal, stalled.signal]) : stalled.signal,
    })
    // The server holds a shorter file than what is here: it must have changed.
    if (response.status === 416) {
      await part.remove()
      throw new Stalled('the server has another file than before')
    }
    if (!response.ok || response.body === null) throw refused(url, response)
    const resumes = response.status === 206 && from !== undefined
    let done = resumes ? from.bytes : 0
    const length = Number(response.headers.get('content-length') ?? Number.NaN)
    // With a content encoding the length is that of the encoded bytes.
    const encoded = response.headers.has('content-encoding')
    const total = Number.isNaN(length) || encoded ? undefined : done + length
    onProgress?.(done, total)
    const sink = await part.open(url, response.headers, resumes)
    try {
      for await (const chunk of response.body) {
        clearTimeout(timer)
        timer = watch()
        await sink.write(chunk)
        done += chunk.length
        onProgress?.(done, total)
      }
    } finally {
      await sink.close()
    }
    if (total !== undefined && done < total) throw new Stalled(`the connection closed after ${done} of ${total} bytes`)
  } finally {
    clearTimeout(timer)
  }
}

/** A connection that ended too early: worth another attempt. */
class Stalled extends Error {}

function isTransient(cause: unknown): boolean {
  if (cause instanceof DataError) return false
  // What fetch throws for a broken or refused connection.
  return (
    cause instanceof Stalled || cause instanceof TypeError || (cause as { code?: string }).code === 'UND_ERR_SOCKET'
  )
}

function refused(url: string, { status, statusText }: Response): DataError | Stalled {
  // Overloaded servers recover; the others mean what they say.
  if (status === 429 || status >= 500) return new Stalled(`the server answered ${status} ${statusText}`)
  return new DataError({
    code: 'DOWNLOAD_REFUSED',
    message: `${url}: the server answered ${status} ${statusText}.`,
    fix: status === 404 ? 'The file has moved: bring it yourself, from where it is now.' : 'Check the address.',
  })
}

function failed(url: string, bytes: number, cause: unknown): DataError {
  const inner = (cause as Error).cause
  const reason = inner instanceof Error && inner.message !== '' ? inner.message : (cause as Error).message
  return new DataError({
    code: 'DOWNLOAD_FAILED',
    message: `${url} could not be downloaded: ${reason}.`,
    fix: bytes > 0 ? `The first ${bytes} bytes are kept: call again to go on from there.` : 'Check the network.',
    cause,
  })
}

function wanted({ sha256, md5 }: DownloadOptions): string {
  return sha256 === undefined ? `the MD5 ${md5}` : sha256.length < 64 ? `one that starts with ${sha256}` : sha256
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason)
    })
  })
}

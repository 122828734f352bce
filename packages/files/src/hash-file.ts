import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { storageError } from './storage-error.ts'

/** What is known of a file's content. */
export interface FileHash {
  readonly bytes: number
  readonly sha256: string
  /** Only where it was asked for. */
  readonly md5: string | undefined
}

/** Reads a file once; undefined when there is none. */
export async function hashFile(path: string, withMd5: boolean): Promise<FileHash | undefined> {
  const [sha256, md5] = [createHash('sha256'), withMd5 ? createHash('md5') : undefined]
  let bytes = 0
  try {
    for await (const chunk of createReadStream(path)) {
      sha256.update(chunk)
      md5?.update(chunk)
      bytes += chunk.length
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw storageError('read', path, cause)
  }
  return { bytes, sha256: sha256.digest('hex'), md5: md5?.digest('hex') }
}

/** True when the file is the expected one, as far as anything is expected. */
export function matchesHash(hash: FileHash, expected: { readonly sha256?: string; readonly md5?: string }): boolean {
  const { sha256 = '', md5 } = expected
  return hash.sha256.startsWith(sha256.toLowerCase()) && (md5 === undefined || hash.md5 === md5.toLowerCase())
}

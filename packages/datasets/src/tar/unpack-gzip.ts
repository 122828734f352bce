import { createReadStream, createWriteStream } from 'node:fs'
import { access, mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { DataError } from '@gantry/core'
import { storageError, TEMPORARY_SUFFIX } from '@gantry/files'

/**
 * Unpacks a gzipped file, unless that was done before. The target only ever stands for whole contents.
 *
 * @throws DataError `GZIP_INVALID` for a file that is truncated, damaged or no gzip; StorageError; the signal's reason.
 */
export async function unpackGzip(source: string, target: string, signal?: AbortSignal): Promise<void> {
  if (await exists(target)) return
  const temporary = `${target}.${process.pid}${TEMPORARY_SUFFIX}`
  try {
    await mkdir(dirname(target), { recursive: true })
    await pipeline(createReadStream(source), createGunzip(), createWriteStream(temporary), {
      ...(signal && { signal }),
    })
    await rename(temporary, target)
  } catch (cause) {
    await rm(temporary, { force: true })
    signal?.throwIfAborted()
    // zlib's own codes: Z_DATA_ERROR for damage, Z_BUF_ERROR for an early end.
    if (!(cause as NodeJS.ErrnoException).code?.startsWith('Z_')) throw storageError('write', target, cause)
    throw new DataError({
      code: 'GZIP_INVALID',
      message: `'${source}' is truncated, damaged or not gzipped: ${(cause as Error).message}.`,
      fix: 'Fetch the file again.',
      cause,
    })
  }
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

import { createReadStream, createWriteStream } from 'node:fs'
import { access, mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { DataError } from '@gantry/core'
import { storageError, TEMPORARY_SUFFIX } from '@gantry/files'

/** What any archive may unpack to. */
const ALWAYS_FINE = 64 * 2 ** 20

/** No set of images shrinks so far: they are compressed already. What does was made to fill a disk. */
const HIGHEST_RATIO = 100

/**
 * Unpacks a gzipped file, unless that was done before. The target only ever stands for whole contents.
 *
 * @throws DataError `GZIP_INVALID` for a file that is truncated, damaged or no gzip, `GZIP_BOMB` for one that unpacks to more than a
 * hundred times its size; StorageError; the signal's reason.
 */
export async function unpackGzip(source: string, target: string, signal?: AbortSignal): Promise<void> {
  if (await exists(target)) return
  const temporary = `${target}.${process.pid}${TEMPORARY_SUFFIX}`
  try {
    await mkdir(dirname(target), { recursive: true })
    const packed = createReadStream(source)
    const sink = createWriteStream(temporary)
    await pipeline(packed, createGunzip(), guard(source, packed), sink, { ...(signal && { signal }) })
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

/** Passes on what was unpacked, as long as it is in proportion to what was read. */
function guard(source: string, packed: { readonly bytesRead: number }): Transform {
  let unpacked = 0
  return new Transform({
    transform(chunk: Uint8Array, _, done) {
      unpacked += chunk.length
      const { bytesRead } = packed
      if (unpacked <= ALWAYS_FINE + HIGHEST_RATIO * bytesRead) return done(null, chunk)
      done(
        new DataError({
          code: 'GZIP_BOMB',
          message: `The first ${bytesRead} bytes of '${source}' unpack to more than ${unpacked}: no archive of images shrinks ${HIGHEST_RATIO} times.`,
          fix: 'Leave the file out; if you trust it, unpack it yourself: gunzip.',
        }),
      )
    },
  })
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

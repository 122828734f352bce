import { gunzipSync } from 'node:zlib'
import { DataError } from '@gantry/core'

/** Nearly three times the largest file of MNIST and Fashion-MNIST. */
const MAXIMUM_BYTES = 2 ** 27

/**
 * Unpacks a file that is gzipped, and gives back any other as it is.
 *
 * @param name of the file, for messages
 * @throws DataError `IDX_TRUNCATED`, `GZIP_BOMB`
 */
export function gunzip(bytes: Uint8Array, name: string): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return gunzipSync(bytes, { maxOutputLength: MAXIMUM_BYTES })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new DataError({
        code: 'GZIP_BOMB',
        message: `'${name}' unpacks to more than ${MAXIMUM_BYTES} bytes, from ${bytes.length}.`,
        fix: 'Fetch the file again, from its authors.',
        cause,
      })
    }
    throw new DataError({
      code: 'IDX_TRUNCATED',
      message: `'${name}' is gzipped but its ${bytes.length} bytes are truncated or damaged.`,
      fix: 'Fetch the file again.',
      cause,
    })
  }
}

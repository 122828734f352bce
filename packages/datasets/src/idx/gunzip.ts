import { gunzipSync } from 'node:zlib'
import { DataError } from '@gantry/core'

/**
 * Unpacks a file that is gzipped, and gives back any other as it is.
 *
 * @param name of the file, for messages
 * @throws DataError `IDX_TRUNCATED`
 */
export function gunzip(bytes: Uint8Array, name: string): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return gunzipSync(bytes)
  } catch (cause) {
    throw new DataError({
      code: 'IDX_TRUNCATED',
      message: `'${name}' is gzipped but its ${bytes.length} bytes are truncated or damaged.`,
      fix: 'Fetch the file again.',
      cause,
    })
  }
}

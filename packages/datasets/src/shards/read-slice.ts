import { open } from 'node:fs/promises'
import { storageError } from '@gantry/files'

/** Some bytes of a file. */
export interface Slice {
  readonly offset: number
  readonly size: number
}

/**
 * Reads bytes `offset` … `offset + size` of a file, fewer where it ends earlier.
 *
 * Opens it each time: a set may have thousands of shards, and a process may hold only so many files open.
 */
export async function readSlice(path: string, slice: Slice): Promise<Uint8Array> {
  return (await readSlices(path, [slice]))[0]!
}

/** Reads many slices of a file at one opening. */
export async function readSlices(path: string, slices: readonly Slice[]): Promise<Uint8Array[]> {
  try {
    const file = await open(path, 'r')
    try {
      const results: Uint8Array[] = []
      for (const { offset, size } of slices) {
        const { buffer, bytesRead } = await file.read(new Uint8Array(size), 0, size, offset)
        results.push(buffer.subarray(0, bytesRead))
      }
      return results
    } finally {
      await file.close()
    }
  } catch (cause) {
    throw storageError('read', path, cause)
  }
}

import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { storageError } from './storage-error.ts'

/**
 * Makes a folder and those above it. (Node's own recursive `mkdir` calls a read-only disk a missing file.)
 *
 * @throws StorageError
 */
export async function makeFolder(path: string): Promise<void> {
  const make = () =>
    mkdir(path).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EEXIST') throw cause
    })
  try {
    await make().catch(async (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ENOENT' || dirname(path) === path) throw cause
      await makeFolder(dirname(path))
      await make()
    })
  } catch (cause) {
    throw storageError('write', path, cause)
  }
}

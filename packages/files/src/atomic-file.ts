import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { storageError } from './storage-error.ts'

/** Suffix of files that are not whole yet; one that is found later was left by a process that was killed. */
export const TEMPORARY_SUFFIX = '.tmp'

/**
 * Writes a file so that its name only ever stands for whole contents, whatever happens on the way: the bytes go to a
 * temporary file in the same folder, are forced to disk, and take the name in one step. What stood there before stays
 * until then.
 *
 * @throws StorageError `DISK_FULL`, `NOT_WRITABLE`, `FILE_MISSING` (the folder) or `STORAGE_FAILED`; the temporary file is
 * removed.
 */
export async function writeFileAtomically(path: string, contents: Uint8Array | string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}${TEMPORARY_SUFFIX}`)
  try {
    const file = await open(temporary, 'w')
    try {
      await file.writeFile(contents)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {})
    throw storageError('write', path, cause)
  }
  await syncFolder(dirname(path))
}

/** Forces the new name itself to disk. Some systems cannot open folders; the file is whole there all the same. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r')
    await folder.sync().finally(() => folder.close())
  } catch {}
}

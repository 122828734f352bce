import { dirname } from 'node:path'
import { writeFileAtomically } from './atomic-file.ts'
import { makeFolder } from './make-folder.ts'

/**
 * Writes a file where a person asked for it: folders on the way that are not there are made.
 *
 * @throws StorageError
 */
export async function writeOutput(path: string, contents: Uint8Array | string): Promise<void> {
  await makeFolder(dirname(path))
  await writeFileAtomically(path, contents)
}

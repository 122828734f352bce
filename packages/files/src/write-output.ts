import { dirname } from 'node:path'
import { ConfigurationError } from '@gantry/core'
import { writeFileAtomically } from './atomic-file.ts'
import { namesFolder } from './is-folder.ts'
import { makeFolder } from './make-folder.ts'

/**
 * Writes a file where a person asked for it: folders on the way that are not there are made.
 *
 * @throws ConfigurationError `OUT_IS_FOLDER`, StorageError
 */
export async function writeOutput(path: string, contents: Uint8Array | string): Promise<void> {
  if (namesFolder(path)) {
    throw new ConfigurationError({
      code: 'OUT_IS_FOLDER',
      message: `'${path}' is a folder, but what is written is one file.`,
      fix: "Name a file in it ('--out').",
    })
  }
  await makeFolder(dirname(path))
  await writeFileAtomically(path, contents)
}

import { dirname, extname } from 'node:path'
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
  refuseFolder(path)
  await makeFolder(dirname(path))
  await writeFileAtomically(path, contents)
}

/**
 * Refuses a place for a file of another kind than it will be: before the work of making it, not after.
 *
 * @param extension without the dot
 * @param what is written: 'A sheet of samples'
 * @throws ConfigurationError `OUT_IS_FOLDER`, `OUT_INVALID`
 */
export function checkOutput(path: string, extension: string, what: string): void {
  refuseFolder(path)
  if (extname(path).toLowerCase() === `.${extension}`) return
  throw new ConfigurationError({
    code: 'OUT_INVALID',
    message: `${what} is a file that ends in .${extension}, not '${path}'.`,
    fix: `Name one, such as --out samples.${extension}.`,
  })
}

function refuseFolder(path: string): void {
  if (!namesFolder(path)) return
  throw new ConfigurationError({
    code: 'OUT_IS_FOLDER',
    message: `'${path}' is a folder, but what is written is one file.`,
    fix: "Name a file in it ('--out').",
  })
}

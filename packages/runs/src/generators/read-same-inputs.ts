import { ConfigurationError, counted, type Ports } from '@gantry/core'
import { keepInputs } from '@gantry/files'
import type { Arrays } from '@gantry/training'
import { readInputs } from './read-inputs.ts'

/**
 * Reads inputs that are the same for all that is made: see {@link readInputs}.
 *
 * @param out file that is to be written
 * @returns one element of each, [1, ...shape]
 * @throws ConfigurationError `INPUT_IS_FOLDER` for a folder, which has many, `OUT_IS_INPUT`; those of `readInputs`
 */
export async function readSameInputs(ports: Ports, assignments: readonly string[], out?: string): Promise<Arrays> {
  const { asked, each, files } = await readInputs(ports, assignments)
  if (out !== undefined) keepInputs(files, [out])
  if (each === undefined) return asked
  throw new ConfigurationError({
    code: 'INPUT_IS_FOLDER',
    message: `The input '${each.inputs[0]}' is one here, and the same for all, but the folder that is given has ${counted(each.names.length, 'file')}.`,
    fix: `Give a file of it: --input ${each.inputs[0]}=FOLDER/FILE.`,
  })
}

import type { Ports } from '@gantry/core'
import { checkOutput } from '@gantry/files'
import { partsOf } from '@gantry/modalities'

/**
 * Refuses a file of another kind than samples are shown as, before they are made.
 *
 * @param what is written: 'A sheet of these samples'
 * @throws ConfigurationError `OUT_INVALID`, `OUT_IS_FOLDER`
 */
export function checkShownOutput(outputs: Ports, out: string, what: string): void {
  const extension = partsOf(outputs, {})[0]?.modality.shownAs
  if (extension !== undefined) checkOutput(out, extension, what)
}

import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { nearest } from '@gantry/core'

/** The last sentence of a message about a path at which there is nothing: an entry of the same folder with nearly that name. */
export function suggestedPath(path: string): string | undefined {
  const name = nearest(basename(path), entriesOf(dirname(path)))
  return name === undefined ? undefined : `Did you mean '${join(dirname(path), name)}'?`
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

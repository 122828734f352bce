import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { nearest } from '@gantry/core'

/** The last sentence of a message about a path: where nothing is there, an entry of the same folder with nearly that name. */
export function suggestedPath(path: string): string | undefined {
  if (existsSync(path)) return undefined
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

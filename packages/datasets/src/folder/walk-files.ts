import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** A file below a folder, or something there that cannot be read. */
export interface FoundFile {
  /** Relative to the folder, with forward slashes. */
  readonly path: string
  /** Why it cannot be read. */
  readonly problem?: string
}

/**
 * Finds all files below a folder, depth first and by name (UTF-16 code units), so that the order is the same on every
 * file system and in every locale.
 *
 * Links are followed, except to a folder that contains them. Names with a leading dot are left out: `.DS_Store`, and
 * the `._photo.png` that macOS puts beside `photo.png`.
 */
export async function* walkFiles(root: string): AsyncGenerator<FoundFile> {
  yield* walk(root, '', [])
}

async function* walk(root: string, folder: string, ancestors: readonly string[]): AsyncGenerator<FoundFile> {
  const here = await realpath(join(root, folder))
  if (ancestors.includes(here)) return
  const entries = await readdir(here, { withFileTypes: true })
  for (const entry of entries.sort(byName)) {
    if (entry.name.startsWith('.')) continue
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    try {
      const target = entry.isSymbolicLink() ? await stat(join(root, path)) : entry
      if (target.isFile()) yield { path }
      if (target.isDirectory()) yield* walk(root, path, [...ancestors, here])
    } catch (error) {
      yield { path, problem: `cannot be read (${(error as Error).message})` }
    }
  }
}

function byName(left: Dirent, right: Dirent): number {
  return left.name < right.name ? -1 : 1
}

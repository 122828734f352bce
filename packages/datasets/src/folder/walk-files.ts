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
 * Links are followed, except to a folder that contains them, and not to one folder again and again: folders that link to each other
 * would be walked on as many ways as there are orders of them. Names with a leading dot are left out: `.DS_Store`, and
 * the `._photo.png` that macOS puts beside `photo.png`, and its `__MACOSX` of unpacked archives.
 */
export async function* walkFiles(root: string): AsyncGenerator<FoundFile> {
  yield* walk({ root, visits: new Map() }, '', [])
}

/** More ways to one folder than any set of links has that someone means. */
const MAXIMUM_VISITS = 100

interface Walk {
  readonly root: string
  /** How often each folder was walked through. */
  readonly visits: Map<string, number>
}

async function* walk(all: Walk, folder: string, ancestors: readonly string[]): AsyncGenerator<FoundFile> {
  const { root, visits } = all
  const here = await realpath(join(root, folder))
  if (ancestors.includes(here)) return
  const visit = (visits.get(here) ?? 0) + 1
  visits.set(here, visit)
  if (visit === MAXIMUM_VISITS + 1) yield { path: folder, problem: `is linked to more than ${MAXIMUM_VISITS} times` }
  if (visit > MAXIMUM_VISITS) return
  const entries = await readdir(here, { withFileTypes: true })
  for (const entry of entries.sort(byName)) {
    if (entry.name.startsWith('.') || entry.name === '__MACOSX') continue
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    try {
      const target = entry.isSymbolicLink() ? await stat(join(root, path)) : entry
      if (target.isFile()) yield { path }
      if (target.isDirectory()) yield* walk(all, path, [...ancestors, here])
    } catch (error) {
      yield { path, problem: `cannot be read (${(error as Error).message})` }
    }
  }
}

function byName(left: Dirent, right: Dirent): number {
  return left.name < right.name ? -1 : 1
}

import { dirname, join, normalize } from 'node:path/posix'
import type { TarEntry } from './index-tar.ts'

/** A name in an archive that stands for another file of it. */
export interface TarLink {
  readonly name: string
  /** A name in the archive, for hard links; symbolic ones begin in their own folder. */
  readonly target: string
  readonly symbolic: boolean
}

/**
 * Puts in place of links the files that they stand for, of this archive only: what lies outside is never read.
 *
 * @param onLeftOut told of links to what the archive does not have, and of those that lead back to themselves
 */
export function resolveLinks(
  found: readonly (TarEntry | TarLink)[],
  onLeftOut: (name: string, reason: string) => void,
): TarEntry[] {
  const byName = new Map(found.map((each) => [normalize(each.name), each]))
  return found.flatMap((each) => {
    const seen = new Set<TarEntry | TarLink>()
    let target: TarEntry | TarLink | undefined = each
    while (target !== undefined && 'target' in target && !seen.has(target)) {
      seen.add(target)
      const path: string = target.symbolic ? join(dirname(target.name), target.target) : normalize(target.target)
      target = byName.get(path)
    }
    if (target !== undefined && !('target' in target)) return [{ ...target, name: each.name }]
    onLeftOut(each.name, `is a link to '${(each as TarLink).target}', which is no file of the archive`)
    return []
  })
}

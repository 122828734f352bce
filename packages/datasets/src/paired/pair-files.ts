import { DataError } from '@gantry/core'
import type { FolderImage } from '../folder/scan-folder.ts'
import type { LeftOut } from '../images/skip-list.ts'

/** Two pictures that belong together. */
export interface Pair {
  readonly a: FolderImage
  readonly b: FolderImage
}

/**
 * Pictures of two folders that are called alike, up to their extensions: `a/street/7.jpg` and `b/street/7.png`.
 *
 * @returns the pairs in the order of the first folder, and every picture that lacks its other half
 * @throws DataError `PAIRS_MISSING` where no two are called alike
 */
export function pairFiles(
  [a, b]: readonly [readonly FolderImage[], readonly FolderImage[]],
  [rootA, rootB]: readonly [string, string],
): { readonly pairs: readonly Pair[]; readonly leftOut: readonly LeftOut[] } {
  const [left, right] = [byStem(a), byStem(b)]
  const pairs = [...left.first].flatMap(([stem, own]) => {
    const other = right.first.get(stem)
    return other === undefined ? [] : [{ a: own, b: other }]
  })
  if (pairs.length === 0) {
    throw new DataError({
      code: 'PAIRS_MISSING',
      message: `No picture in '${rootA}' is called as one in '${rootB}' is: '${a[0]!.path}' is the first there, '${b[0]!.path}' here.`,
      fix: 'Give pictures that belong together the same name in both folders; extensions may differ. For pictures that do not belong together there is unpaired:folder:A,folder:B.',
    })
  }
  const alone = (own: Stems, other: Stems, root: string): LeftOut[] =>
    [...own.first].flatMap(([stem, { path }]) =>
      other.first.has(stem) ? [] : [{ name: path, reason: `has no other half in '${root}'` }],
    )
  return {
    pairs,
    leftOut: [...alone(left, right, rootB), ...alone(right, left, rootA), ...left.again, ...right.again],
  }
}

interface Stems {
  readonly first: ReadonlyMap<string, FolderImage>
  /** Those whose name another has, but for its extension. */
  readonly again: readonly LeftOut[]
}

function byStem(images: readonly FolderImage[]): Stems {
  const first = new Map<string, FolderImage>()
  const again: LeftOut[] = []
  for (const image of images) {
    const stem = image.path.replace(/\.[^./]+$/, '')
    const earlier = first.get(stem)
    if (earlier === undefined) first.set(stem, image)
    else again.push({ name: image.path, reason: `is called as '${earlier.path}' is` })
  }
  return { first, again }
}

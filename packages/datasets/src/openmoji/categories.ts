import { type Column, labelColumn } from '../columns.ts'
import { emojiCategories } from '../emoji/emoji-files.ts'
import { slugOf } from '../slug.ts'
import type { OpenmojiDrawing } from './openmoji-files.ts'

/**
 * The categories of drawings, which `openmoji.json` has by their slugs, by the names of Unicode's charts and in their order; only those that there are drawings of (nobody draws
 * components, such as skin tones, by themselves). Those that OpenMoji has added come last, as it calls them: `extras-openmoji`.
 */
export function categoryColumn(drawings: readonly Pick<OpenmojiDrawing, 'category'>[]): Column {
  const own = new Set(drawings.map(({ category }) => category))
  const ofUnicode = emojiCategories.filter((category) => own.has(slugOf(category)))
  const known = new Set<string>(ofUnicode.map(slugOf))
  const added = [...own].filter((group) => !known.has(group)).sort()
  const places = new Map([...known, ...added].map((group, place) => [group, place]))
  return labelColumn(
    [...ofUnicode, ...added],
    drawings.map(({ category }) => places.get(category)!),
  )
}

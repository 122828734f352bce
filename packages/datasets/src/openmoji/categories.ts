import { type Column, labelColumn } from '../columns.ts'
import { emojiCategories } from '../emoji/emoji-files.ts'
import type { OpenmojiDrawing } from './openmoji-files.ts'

/** What `openmoji.json` calls the categories of Unicode's charts: `smileys-emotion`. */
const groupOf = (category: string) => category.toLowerCase().replace(/\W+/g, '-')

/**
 * The categories of drawings, by the names of Unicode's charts and in their order; only those that there are drawings of (nobody draws
 * components, such as skin tones, by themselves). Those that OpenMoji has added come last, as it calls them: `extras-openmoji`.
 */
export function categoryColumn(drawings: readonly Pick<OpenmojiDrawing, 'category'>[]): Column {
  const own = new Set(drawings.map(({ category }) => category))
  const ofUnicode = emojiCategories.filter((category) => own.has(groupOf(category)))
  const known = new Set<string>(ofUnicode.map(groupOf))
  const added = [...own].filter((group) => !known.has(group)).sort()
  const places = new Map([...known, ...added].map((group, place) => [group, place]))
  return labelColumn(
    [...ofUnicode, ...added],
    drawings.map(({ category }) => places.get(category)!),
  )
}

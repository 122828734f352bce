import { type Column, labelColumn } from '../columns.ts'
import type { OpenDatasetOptions } from '../dataset-definition.ts'
import { emojiCategories } from '../emoji/emoji-files.ts'
import { picturesDataset } from '../images/picture-files.ts'
import type { OpenedAs, OpenedDataset } from '../opened-dataset.ts'
import { slugOf } from '../slug.ts'
import type { OpenmojiDrawing } from './openmoji-files.ts'

/**
 * A data set of what OpenMoji has drawn, in one way or several, labelled by category.
 *
 * @param pictures which path of a drawing each field is read from
 */
export function drawingsDataset<Drawing extends OpenmojiDrawing>(
  about: OpenedAs,
  drawings: readonly Drawing[],
  pictures: Readonly<Record<string, 'outline' | 'colour' | (keyof Drawing & 'object')>>,
  options: OpenDatasetOptions,
): Promise<OpenedDataset> {
  const samples = drawings.map((drawing) => ({
    name: `${drawing.name} (${drawing.codePoints})`,
    group: drawing.group,
    files: Object.fromEntries(Object.entries(pictures).map(([field, picture]) => [field, drawing[picture] as string])),
  }))
  const columns = { label: categoryColumn(drawings) }
  return picturesDataset(
    about,
    { samples, fields: Object.keys(pictures), columns, unusable: 'EMOJI_UNUSABLE' },
    options,
  )
}

/**
 * The categories of drawings, which `openmoji.json` has by their slugs, by the names of Unicode's charts and in their order; only those
 * that there are drawings of (nobody draws components, such as skin tones, by themselves). Those that OpenMoji has added come last, as it
 * calls them: `extras-openmoji`.
 */
function categoryColumn(drawings: readonly OpenmojiDrawing[]): Column {
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

import { labelColumn } from '../columns.ts'
import type { DatasetDefinition, OpenDatasetOptions } from '../dataset-definition.ts'
import { encodedImageOptions } from '../images/encoded-image-options.ts'
import { picturesDataset } from '../images/picture-files.ts'
import type { OpenedDataset } from '../opened-dataset.ts'
import { type EmojiVendor, emojiCategories, emojiLicences, emojiVendors, listEmoji } from './emoji-files.ts'

/** The drawings of Unicode 16's emoji, of one vendor or both, labelled by category. */
export const emoji: DatasetDefinition = {
  name: 'emoji',
  choices: emojiVendors,
  description: '7,572 emoji by Google and Twitter, 3,786 each, 64×64 in colour, 10 categories',
  gives: ['image', 'label'],
  source: "npm packages 'emoji-datasource-google' and 'emoji-datasource-twitter', version 16",
  licence: Object.values(emojiLicences).join(', '),
  options: encodedImageOptions,
  open: (options, choice) => openEmoji(options, choice),
}

/** @param from as in {@link listEmoji} */
export async function openEmoji(
  options: OpenDatasetOptions,
  choice: string,
  from?: readonly string[],
): Promise<OpenedDataset> {
  const chosen = choice === '' ? emojiVendors : [choice as EmojiVendor]
  const drawings = (await Promise.all(chosen.map((vendor) => listEmoji(vendor, from)))).flat()
  const label = labelColumn(
    emojiCategories,
    drawings.map(({ category }) => emojiCategories.indexOf(category)),
  )
  const samples = drawings.map(({ vendor, name, group, path }) => ({
    name: `${vendor}: ${name}`,
    group,
    origin: vendor,
    files: { image: path },
  }))
  return picturesDataset(
    {
      name: choice === '' ? 'emoji' : `emoji:${choice}`,
      source: chosen.map((vendor) => `npm package 'emoji-datasource-${vendor}'`).join(', '),
      licence: chosen.map((vendor) => emojiLicences[vendor]).join(', '),
    },
    { samples, fields: ['image'], columns: { label }, unusable: 'EMOJI_UNUSABLE' },
    options,
  )
}

import { basename } from 'node:path'
import { labelColumn } from '../columns.ts'
import type { DatasetDefinition, OpenDatasetOptions } from '../dataset-definition.ts'
import { fileSizes } from '../file-sizes.ts'
import { decodedSource } from '../images/decoded-source.ts'
import { encodedImageOptions, formatOf } from '../images/encoded-image-options.ts'
import { skipList } from '../images/skip-list.ts'
import { type OpenedDataset, openedDataset } from '../opened-dataset.ts'
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
  { strict, ...options }: OpenDatasetOptions,
  choice: string,
  from?: readonly string[],
): Promise<OpenedDataset> {
  const chosen = choice === '' ? emojiVendors : [choice as EmojiVendor]
  const drawings = (await Promise.all(chosen.map((vendor) => listEmoji(vendor, from)))).flat()
  const sizes = fileSizes(drawings.map(({ path }) => path))
  const { skipped, onSkip } = skipList(strict)
  const images = {
    size: drawings.length,
    columns: {
      label: labelColumn(
        emojiCategories,
        drawings.map(({ category }) => emojiCategories.indexOf(category)),
      ),
    },
    nameOf: (index: number) => `${drawings[index]!.vendor}: ${drawings[index]!.name}`,
    load: (index: number) => drawings[index]!.path,
    signatureOf: (index: number) => `${drawings[index]!.vendor} ${basename(drawings[index]!.path)} ${sizes[index]}`,
  }
  return openedDataset(
    {
      name: choice === '' ? 'emoji' : `emoji:${choice}`,
      source: chosen.map((vendor) => `npm package 'emoji-datasource-${vendor}'`).join(', '),
      licence: chosen.map((vendor) => emojiLicences[vendor]).join(', '),
      skipped,
    },
    decodedSource(images, { format: formatOf(options), unusable: 'EMOJI_UNUSABLE', onSkip }),
  )
}

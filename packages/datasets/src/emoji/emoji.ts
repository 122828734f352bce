import type { DatasetDefinition, OpenDatasetOptions } from '../dataset-definition.ts'
import { decodedSource } from '../images/decoded-source.ts'
import { imageUnreadable } from '../images/image.ts'
import { type OpenedDataset, openedDataset } from '../opened-dataset.ts'
import { type EmojiVendor, emojiCategories, listEmoji } from './emoji-files.ts'

const licences: Readonly<Record<EmojiVendor, string>> = {
  google: 'Apache-2.0 (Google, Noto Emoji)',
  twitter: 'CC-BY-4.0 (Twitter, Twemoji)',
}

const vendors: readonly EmojiVendor[] = ['google', 'twitter']

/** The drawings of Unicode 16's emoji, of one vendor or both, labelled by category. */
export const emoji: DatasetDefinition = {
  name: 'emoji',
  choices: vendors,
  description: '7,572 emoji by Google and Twitter, 3,786 each, 64×64 in colour, 10 categories',
  kind: 'image',
  source: "npm packages 'emoji-datasource-google' and 'emoji-datasource-twitter', version 16",
  licence: Object.values(licences).join(', '),
  accepts: { size: true, channels: [1, 3], background: true },
  open: openEmoji,
}

/** @param from as in {@link listEmoji} */
export async function openEmoji(
  { size = 64, channels = 3, background, strict = false }: OpenDatasetOptions,
  choice: string,
  from?: readonly string[],
): Promise<OpenedDataset> {
  const chosen = choice === '' ? vendors : [choice as EmojiVendor]
  const drawings = (await Promise.all(chosen.map((vendor) => listEmoji(vendor, from)))).flat()
  const skipped: { name: string; reason: string }[] = []
  const images = {
    size: drawings.length,
    labels: emojiCategories,
    labelOf: (index: number) => emojiCategories.indexOf(drawings[index]!.category),
    nameOf: (index: number) => `${drawings[index]!.vendor}: ${drawings[index]!.name}`,
    load: (index: number) => drawings[index]!.path,
  }
  const source = decodedSource(images, {
    format: { size, channels, ...(background && { background }) },
    unusable: 'EMOJI_UNUSABLE',
    onSkip(name, reason) {
      if (strict) throw imageUnreadable(name, reason)
      skipped.push({ name, reason })
    },
  })
  return openedDataset(emoji, source, {
    name: choice === '' ? 'emoji' : `emoji:${choice}`,
    source: chosen.map((vendor) => `npm package 'emoji-datasource-${vendor}'`).join(', '),
    licence: chosen.map((vendor) => licences[vendor]).join(', '),
    skipped,
  })
}

import { basename } from 'node:path'
import { DataError } from '@gantry/core'
import type { DatasetDefinition, OpenDatasetOptions } from '../dataset-definition.ts'
import { encodedImageOptions } from '../images/encoded-image-options.ts'
import { picturesDataset } from '../images/picture-files.ts'
import type { OpenedDataset } from '../opened-dataset.ts'
import { type Emoji, type EmojiVendor, emojiLicences, emojiVendors, listEmoji } from './emoji-files.ts'
import { wordColumn } from './emoji-words.ts'

/** Drawings of the same emoji by both vendors, and the words of its name: pairs to translate, and captions. */
export const emojiTwins: DatasetDefinition = {
  name: 'emoji-twins',
  description: '3,786 emoji as Google and as Twitter drew them, 64×64 in colour, with the words of their names',
  gives: [...emojiVendors, 'words'],
  source: "npm packages 'emoji-datasource-google' and 'emoji-datasource-twitter', version 16",
  licence: Object.values(emojiLicences).join(', '),
  options: encodedImageOptions,
  open: (options) => openEmojiTwins(options),
}

/** The drawings of one emoji. */
type Twins = Readonly<Record<EmojiVendor, Emoji>>

/**
 * @param from as in {@link listEmoji}
 * @throws DataError `EMOJI_UNUSABLE` when the vendors have no emoji in common; what {@link listEmoji} throws
 */
export async function openEmojiTwins(options: OpenDatasetOptions, from?: readonly string[]): Promise<OpenedDataset> {
  const twins = pair(await listEmoji('google', from), await listEmoji('twitter', from))
  const samples = twins.map(({ google, twitter }) => ({
    name: google.name,
    group: google.group,
    files: { google: google.path, twitter: twitter.path },
  }))
  const columns = { words: wordColumn(twins.map(({ google }) => google.name)) }
  return picturesDataset(emojiTwins, { samples, fields: emojiVendors, columns, unusable: 'EMOJI_UNUSABLE' }, options)
}

/** Emoji that both have drawn, by the name of the file: both packages call it by its code points. */
function pair(google: readonly Emoji[], twitter: readonly Emoji[]): Twins[] {
  const byFile = new Map(twitter.map((drawing) => [basename(drawing.path), drawing]))
  const twins = google.flatMap((drawing) => {
    const twin = byFile.get(basename(drawing.path))
    return twin === undefined ? [] : [{ google: drawing, twitter: twin }]
  })
  if (twins.length > 0) return twins
  throw new DataError({
    code: 'EMOJI_UNUSABLE',
    message: `Google has drawn ${google.length} emoji and Twitter ${twitter.length}, but none by the same file name.`,
    fix: 'Install version 16 of both packages.',
  })
}

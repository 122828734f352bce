import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DataError } from '@gantry/core'
import { installedFrom, requirePackage } from '../npm-package.ts'

/** Who drew the images. */
export type EmojiVendor = 'google' | 'twitter'

export const emojiVendors: readonly EmojiVendor[] = ['google', 'twitter']

export const emojiLicences: Readonly<Record<EmojiVendor, string>> = {
  google: 'Apache-2.0 (Google, Noto Emoji)',
  twitter: 'CC-BY-4.0 (Twitter, Twemoji)',
}

/** The groups of Unicode's emoji charts, in their order. */
export const emojiCategories = [
  'Smileys & Emotion',
  'People & Body',
  'Component',
  'Animals & Nature',
  'Food & Drink',
  'Travel & Places',
  'Activities',
  'Objects',
  'Symbols',
  'Flags',
] as const

/** One drawing. */
export interface Emoji {
  readonly vendor: EmojiVendor
  /** As Unicode names it, with the skin tones: `WAVING HAND SIGN, medium-dark skin`. */
  readonly name: string
  readonly category: (typeof emojiCategories)[number]
  /** The name without the skin tones: several drawings have it. */
  readonly group: string
  /** Of the PNG, 64×64 with transparency. */
  readonly path: string
}

const skinTones: Readonly<Record<string, string>> = {
  '1F3FB': 'light',
  '1F3FC': 'medium-light',
  '1F3FD': 'medium',
  '1F3FE': 'medium-dark',
  '1F3FF': 'dark',
}

/** An entry of `emoji.json`, as far as it is used here. */
type Entry = Drawing & {
  readonly name: string
  readonly category: string
  /** By the code points of the skin tones, such as `1F3FB-1F3FD` for two people. */
  readonly skin_variations?: Readonly<Record<string, Drawing>>
}

type Drawing = { readonly image: string } & { readonly [has in `has_img_${EmojiVendor}`]: boolean }

/**
 * Lists what the npm package of one vendor holds: 3,786 drawings in version 16.
 *
 * @param from folders whose `node_modules` are searched: by default that of this package and the working directory
 * @throws ConfigurationError `DATASET_PACKAGE_MISSING` with the line that installs it; DataError `EMOJI_INVALID`.
 */
export async function listEmoji(vendor: EmojiVendor, from: readonly string[] = installedFrom()): Promise<Emoji[]> {
  const name = `emoji-datasource-${vendor}`
  const root = requirePackage(name, { contents: `The emoji of ${vendor}`, size: '75 MB', install: `${name}@16` }, from)
  const entries = JSON.parse(await readFile(join(root, 'emoji.json'), 'utf8')) as Entry[]
  return entries.flatMap((entry) => {
    const { name, category, skin_variations: variations = {} } = entry
    if (!isCategory(category)) throw unknownCategory(root, name, category)
    const named: [string, Drawing][] = [
      [name, entry],
      ...Object.entries(variations).map(([tones, drawing]): [string, Drawing] => [
        `${name}, ${describe(tones)}`,
        drawing,
      ]),
    ]
    return named
      .filter(([, drawing]) => drawing[`has_img_${vendor}`])
      .map(([fullName, { image }]) => ({
        vendor,
        name: fullName,
        category,
        group: name,
        path: join(root, 'img', vendor, '64', image),
      }))
  })
}

/** `1F3FB-1F3FD` → `light and medium skin`. */
function describe(tones: string): string {
  return `${tones
    .split('-')
    .map((tone) => skinTones[tone] ?? tone)
    .join(' and ')} skin`
}

function isCategory(category: string): category is Emoji['category'] {
  return (emojiCategories as readonly string[]).includes(category)
}

function unknownCategory(root: string, name: string, category: string): DataError {
  return new DataError({
    code: 'EMOJI_INVALID',
    message: `'${join(root, 'emoji.json')}' puts ${name} into '${category}', but the categories are ${emojiCategories.join(', ')}.`,
    fix: 'Install version 16 of the package.',
  })
}

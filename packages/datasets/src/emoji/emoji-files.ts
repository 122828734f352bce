import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { ConfigurationError, DataError } from '@gantry/core'

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
export async function listEmoji(
  vendor: EmojiVendor,
  from: readonly string[] = [import.meta.dirname, process.cwd()],
): Promise<Emoji[]> {
  const root = findPackage(vendor, from)
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
        path: join(root, 'img', vendor, '64', image),
      }))
  })
}

function findPackage(vendor: EmojiVendor, from: readonly string[]): string {
  const name = `emoji-datasource-${vendor}`
  for (const folder of from) {
    try {
      return dirname(createRequire(join(folder, 'index.js')).resolve(`${name}/package.json`))
    } catch {}
  }
  throw new ConfigurationError({
    code: 'DATASET_PACKAGE_MISSING',
    message: `The emoji of ${vendor} come from the npm package '${name}', which is not installed (75 MB, so not by default).`,
    fix: `Run: npm i ${name}@16`,
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

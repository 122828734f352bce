import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import type { EmojiVendor } from '../emoji/emoji-files.ts'

/** Where an entry of `emoji.json` has its image; both vendors have drawn it unless it says otherwise. */
export const drawing = (image: string) => ({ image, has_img_google: true, has_img_twitter: true })

/** A few entries, the last of which Google has not drawn. */
export const entries = [
  { name: 'GRINNING FACE', category: 'Smileys & Emotion', ...drawing('1f600.png') },
  {
    name: 'WAVING HAND SIGN',
    category: 'People & Body',
    ...drawing('1f44b.png'),
    skin_variations: { '1F3FE': drawing('1f44b-1f3fe.png'), '1F3FB-1F3FD': drawing('1f44b-two.png') },
  },
  { name: 'FLAG', category: 'Flags', ...drawing('flag.png'), has_img_google: false },
]

const files = ['1f600', '1f44b', '1f44b-1f3fe', '1f44b-two', 'flag']

/** Middle of each image: the first is 0, the next 10 … in red; all blue of Twitter's. */
export function middleOf(vendor: EmojiVendor, file: string): { r: number; g: number; b: number } {
  return { r: 10 * files.indexOf(file), g: 0, b: vendor === 'twitter' ? 255 : 0 }
}

/** Writes a package as npm would install it, below `root`; each image has a coloured middle on nothing. */
export async function installEmoji(
  root: string,
  vendor: EmojiVendor,
  list: readonly object[] = entries,
): Promise<void> {
  const folder = join(root, 'node_modules', `emoji-datasource-${vendor}`)
  await mkdir(join(folder, 'img', vendor, '64'), { recursive: true })
  const manifest = { name: `emoji-datasource-${vendor}`, version: '16.0.0' }
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
  await writeFile(join(folder, 'emoji.json'), JSON.stringify(list))
  for (const file of files) {
    const middle = sharp({ create: { width: 32, height: 32, channels: 4, background: middleOf(vendor, file) } })
    await middle
      .extend({ top: 16, bottom: 16, left: 16, right: 16, background: { r: 0, g: 0, b: 0, alpha: 0 } })
      .png()
      .toFile(join(folder, 'img', vendor, '64', `${file}.png`))
  }
}

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDataset } from '../index.ts'
import { openEmoji } from './emoji.ts'
import { type EmojiVendor, listEmoji } from './emoji-files.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-emoji-'))
})
afterEach(() => rm(root, { recursive: true }))

const drawing = (image: string) => ({ image, has_img_google: true, has_img_twitter: true })

const entries = [
  { name: 'GRINNING FACE', category: 'Smileys & Emotion', ...drawing('1f600.png') },
  {
    name: 'WAVING HAND SIGN',
    category: 'People & Body',
    ...drawing('1f44b.png'),
    skin_variations: { '1F3FE': drawing('1f44b-1f3fe.png'), '1F3FB-1F3FD': drawing('1f44b-two.png') },
  },
  { name: 'FLAG', category: 'Flags', ...drawing('flag.png'), has_img_google: false },
]

/** A package as npm would install it; each image has a red middle on nothing. */
async function install(vendor: EmojiVendor, list: object[] = entries): Promise<void> {
  const folder = join(root, 'node_modules', `emoji-datasource-${vendor}`)
  await mkdir(join(folder, 'img', vendor, '64'), { recursive: true })
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: `emoji-datasource-${vendor}`, version: '16.0.0' }),
  )
  await writeFile(join(folder, 'emoji.json'), JSON.stringify(list))
  const middle = await sharp({ create: { width: 32, height: 32, channels: 4, background: 'red' } })
    .extend({ top: 16, bottom: 16, left: 16, right: 16, background: { r: 0, g: 0, b: 0, alpha: 0 } })
    .png()
    .toBuffer()
  for (const name of ['1f600', '1f44b', '1f44b-1f3fe', '1f44b-two', 'flag']) {
    await writeFile(join(folder, 'img', vendor, '64', `${name}.png`), middle)
  }
}

const corner = async (dataset: Awaited<ReturnType<typeof openEmoji>>) => {
  const { value } = await dataset.batches({ batchSize: 1, seed: 1 }).next()
  return [...value.samples.data.subarray(0, 3)].map((value) => Math.round((value + 1) * 127.5))
}

describe('emoji', () => {
  it('lists names, skin tones and categories of what the vendor has drawn', async () => {
    await install('google')
    const listed = await listEmoji('google', [root])
    expect(listed.map(({ name, category }) => `${name} / ${category}`)).toEqual([
      'GRINNING FACE / Smileys & Emotion',
      'WAVING HAND SIGN / People & Body',
      'WAVING HAND SIGN, medium-dark skin / People & Body',
      'WAVING HAND SIGN, light and medium skin / People & Body',
    ])
  })

  it('labels by category, and gives the licence of the vendor', async () => {
    await install('twitter')
    const dataset = await openEmoji({}, 'twitter', [root])
    expect(dataset).toMatchObject({
      name: 'emoji:twitter',
      size: 5,
      sampleShape: [64, 64, 3],
      labelCounts: [1, 3, 0, 0, 0, 0, 0, 0, 0, 1],
      description: { licence: 'CC-BY-4.0 (Twitter, Twemoji)' },
    })
    expect(dataset.labels![9]).toBe('Flags')
    const { value } = await dataset.batches({ batchSize: 5, seed: 1 }).next()
    expect([...value.labels!.data].toSorted()).toEqual([0, 1, 1, 1, 9])
  })

  it('joins both vendors, with both licences', async () => {
    await install('google')
    await install('twitter')
    const dataset = await openEmoji({}, '', [root])
    expect(dataset).toMatchObject({
      name: 'emoji',
      size: 9,
      description: { licence: 'Apache-2.0 (Google, Noto Emoji), CC-BY-4.0 (Twitter, Twemoji)' },
    })
  })

  it('stands on white, or on the background that was asked for', async () => {
    await install('google')
    expect(await corner(await openEmoji({}, 'google', [root]))).toEqual([255, 255, 255])
    expect(await corner(await openEmoji({ background: '#102030' }, 'google', [root]))).toEqual([16, 32, 48])
  })
})

describe('bad input', () => {
  it('names the package that is not installed, and the line that installs it', async () => {
    await install('google')
    await expect(openEmoji({}, 'twitter', [root])).rejects.toMatchObject({
      code: 'DATASET_PACKAGE_MISSING',
      fix: 'Run: npm i emoji-datasource-twitter@16',
    })
  })

  it('knows only its vendors and only colours', async () => {
    await expect(openDataset('emoji:gogle')).rejects.toMatchObject({
      code: 'DATASET_UNKNOWN',
      message: "There is no data set 'emoji:gogle'. Did you mean 'emoji:google'?",
    })
    await expect(openDataset('emoji:')).rejects.toMatchObject({ code: 'DATASET_UNKNOWN' })
    await expect(openDataset('emoji', { background: 'nocolour' })).rejects.toMatchObject({
      code: 'BACKGROUND_INVALID',
      exitCode: 2,
    })
  })

  it('refuses a category that Unicode does not have', async () => {
    await install('google', [{ name: 'X', category: 'Skin Tones', ...drawing('1f600.png') }])
    await expect(listEmoji('google', [root])).rejects.toMatchObject({
      code: 'EMOJI_INVALID',
      message: expect.stringMatching(/puts X into 'Skin Tones', but the categories are Smileys & Emotion, People/),
    })
  })

  it('leaves damaged images out, by name', async () => {
    await install('google')
    await rm(join(root, 'node_modules/emoji-datasource-google/img/google/64/1f600.png'))
    const dataset = await openEmoji({}, 'google', [root])
    await dataset.batches({ batchSize: 4, seed: 1 }).next()
    expect(dataset.description.skipped).toEqual([
      { name: 'google: GRINNING FACE', reason: expect.stringMatching(/cannot be decoded/) },
    ])
    const strict = await openEmoji({ strict: true }, 'google', [root])
    await expect(strict.batches({ batchSize: 4, seed: 1 }).next()).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' })
  })
})

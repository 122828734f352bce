import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { imageField } from '@gantry/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDataset } from '../index.ts'
import { drawing, installEmoji } from '../testing/emoji-package.ts'
import { outsideOfWorkspaces } from '../testing/outside-of-workspaces.ts'
import { floats, integers } from '../testing/values-of.ts'
import { openEmoji } from './emoji.ts'
import { listEmoji } from './emoji-files.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-emoji-'))
})
afterEach(() => rm(root, { recursive: true }))

const corner = async (dataset: Awaited<ReturnType<typeof openEmoji>>) => {
  const { value } = await dataset.batches({ batchSize: 1, seed: 1 }).next()
  return [...floats(value, 'image').subarray(0, 3)].map((value) => Math.round((value + 1) * 127.5))
}

describe('emoji', () => {
  it('lists names, skin tones and categories of what the vendor has drawn', async () => {
    await installEmoji(root, 'google')
    const listed = await listEmoji('google', [root])
    expect(listed.map(({ name, category }) => `${name} / ${category}`)).toEqual([
      'GRINNING FACE / Smileys & Emotion',
      'WAVING HAND SIGN / People & Body',
      'WAVING HAND SIGN, medium-dark skin / People & Body',
      'WAVING HAND SIGN, light and medium skin / People & Body',
    ])
  })

  it('labels by category, and gives the licence of the vendor', async () => {
    await installEmoji(root, 'twitter')
    const dataset = await openEmoji({}, 'twitter', [root])
    expect(dataset).toMatchObject({
      name: 'emoji:twitter',
      size: 5,
      fields: { image: imageField([64, 64, 3]) },
      labelCounts: [1, 3, 0, 0, 0, 0, 0, 0, 0, 1],
      description: { licence: 'CC-BY-4.0 (Twitter, Twemoji)' },
    })
    expect(dataset.fields.label!.names![9]).toBe('Flags')
    const { value } = await dataset.batches({ batchSize: 5, seed: 1 }).next()
    expect([...integers(value)].toSorted()).toEqual([0, 1, 1, 1, 9])
  })

  it('joins both vendors, with both licences', async () => {
    await installEmoji(root, 'google')
    await installEmoji(root, 'twitter')
    const dataset = await openEmoji({}, '', [root])
    expect(dataset).toMatchObject({
      name: 'emoji',
      size: 9,
      description: { licence: 'Apache-2.0 (Google, Noto Emoji), CC-BY-4.0 (Twitter, Twemoji)' },
    })
  })

  it('stands on white, or on the background that was asked for', async () => {
    await installEmoji(root, 'google')
    expect(await corner(await openEmoji({}, 'google', [root]))).toEqual([255, 255, 255])
    expect(await corner(await openEmoji({ background: '#102030' }, 'google', [root]))).toEqual([16, 32, 48])
  })
})

describe('bad input', () => {
  it('names the package that is not installed, and the line that installs it', async () => {
    outsideOfWorkspaces()
    await installEmoji(root, 'google')
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
    await installEmoji(root, 'google', [{ name: 'X', category: 'Skin Tones', ...drawing('1f600.png') }])
    await expect(listEmoji('google', [root])).rejects.toMatchObject({
      code: 'EMOJI_INVALID',
      message: expect.stringMatching(/puts X into 'Skin Tones', but the categories are Smileys & Emotion, People/),
    })
  })

  it('leaves damaged images out, by name', async () => {
    await installEmoji(root, 'google')
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

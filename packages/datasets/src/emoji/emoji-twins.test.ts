import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { imageField } from '@gantry/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { drawing, entries, installEmoji, middleOf } from '../testing/emoji-package.ts'
import { floats, integers } from '../testing/values-of.ts'
import { openEmojiTwins } from './emoji-twins.ts'
import { wordColumn } from './emoji-words.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-twins-'))
  await installEmoji(root, 'google')
  // In another order: twins are found by the name of their file.
  await installEmoji(root, 'twitter', entries.toReversed())
})
afterEach(() => rm(root, { recursive: true }))

/** The file of each name of the test's packages. */
const files: Readonly<Record<string, string>> = {
  'grinning face': '1f600',
  'waving hand sign': '1f44b',
  'waving hand sign medium-dark skin': '1f44b-1f3fe',
  'waving hand sign light and medium skin': '1f44b-two',
}

describe('emoji-twins', () => {
  it('are the emoji that both vendors have drawn, with the words of their names', async () => {
    const dataset = await openEmojiTwins({ size: 32 }, [root])
    const { google, twitter, words } = dataset.fields
    expect(dataset).toMatchObject({ name: 'emoji-twins', size: 4, description: { skipped: [] } })
    expect([google, twitter]).toEqual([imageField([32, 32, 3]), imageField([32, 32, 3])])
    expect(words).toMatchObject({ modality: 'tokens', dtype: 'int32', shape: [7] })
    expect(words!.names).toEqual(['', ...new Set(Object.keys(files).join(' ').split(' ').toSorted())])
  })

  it('show one emoji in every row', async () => {
    const dataset = await openEmojiTwins({ size: 64 }, [root])
    const { value: batch } = await dataset.batches({ batchSize: 4, seed: 2 }).next()
    const seen = new Set<string>()
    for (let row = 0; row < 4; row++) {
      const tokens = integers(batch, 'words').subarray(7 * row, 7 * (row + 1))
      const name = Array.from(tokens, (token) => dataset.fields.words!.names![token])
        .join(' ')
        .trim()
      const file = files[name]!
      for (const vendor of ['google', 'twitter'] as const) {
        const middle = ((row * 64 + 32) * 64 + 32) * 3
        const [r, g, b] = floats(batch, vendor)
          .subarray(middle, middle + 3)
          .map((value) => Math.round((value + 1) * 127.5))
        expect({ r, g, b }).toEqual(middleOf(vendor, file))
      }
      seen.add(name)
    }
    expect(seen.size).toBe(4)
  })

  it('leave out both when one is damaged', async () => {
    await writeFile(join(root, 'node_modules/emoji-datasource-twitter/img/twitter/64/1f600.png'), 'damaged')
    const dataset = await openEmojiTwins({ size: 64 }, [root])
    const { value: batch } = await dataset.batches({ batchSize: 4, seed: 2 }).next()
    const middle = (32 * 64 + 32) * 3
    for (let row = 0; row < 4; row++) {
      const start = row * 64 * 64 * 3 + middle
      expect(floats(batch, 'google')[start]).toBe(floats(batch, 'twitter')[start])
      expect(floats(batch, 'google')[start]).not.toBe(-1)
    }
    expect(dataset.description.skipped).toMatchObject([{ name: 'twitter: GRINNING FACE' }])
    const strict = await openEmojiTwins({ strict: true }, [root])
    await expect(strict.batches({ batchSize: 4, seed: 1 }).next()).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' })
  })

  it('have a fingerprint of their own', async () => {
    const { fingerprint } = await openEmojiTwins({}, [root])
    expect((await openEmojiTwins({ size: 8 }, [root])).fingerprint).toBe(fingerprint)
    await installEmoji(root, 'google', [{ ...entries[0], name: 'SMIRKING FACE' }, ...entries.slice(1)])
    expect((await openEmojiTwins({}, [root])).fingerprint).not.toBe(fingerprint)
  })

  it('say that the packages have nothing in common', async () => {
    await installEmoji(root, 'google', [{ name: 'X', category: 'Flags', ...drawing('x.png') }])
    await expect(openEmojiTwins({}, [root])).rejects.toMatchObject({
      code: 'EMOJI_UNUSABLE',
      message: expect.stringContaining('Google has drawn 1 emoji and Twitter 5, but none by the same file name.'),
    })
  })
})

describe('wordColumn', () => {
  it('keeps words with hyphens, accents and apostrophes whole', () => {
    const { field, data } = wordColumn(['Côte d’Ivoire Flag', 'KEYCAP: *', 'WAVING HAND, medium-dark skin', 'Flag'])
    expect(field.names).toEqual(
      ['', 'côte', 'd’ivoire', 'flag', 'hand', 'keycap', 'medium-dark', 'skin', 'waving'].toSorted(),
    )
    expect(field.shape).toEqual([4])
    expect(Array.from(data as Int32Array, (index) => field.names![index])).toEqual([
      ...['côte', 'd’ivoire', 'flag', ''],
      ...['keycap', '', '', ''],
      ...['waving', 'hand', 'medium-dark', 'skin'],
      ...['flag', '', '', ''],
    ])
  })
})

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import type { Batch } from '@gantry/core'
import sharp, { type Sharp } from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDataset } from '../open-dataset.ts'
import { floats } from '../testing/values-of.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-bad-pairs-'))
})
afterEach(() => rm(root, { recursive: true }))

async function save(path: string, content: Sharp | Uint8Array): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), content instanceof Uint8Array ? content : await content.toBuffer())
}

const flat = (grey: number, width = 16, height = 16) =>
  sharp({ create: { width, height, channels: 3, background: { r: grey, g: grey, b: grey } } }).png()

/** The first half of a picture of noise, which every byte is needed for. */
async function cutOff(): Promise<Uint8Array> {
  const pixels = Uint8Array.from({ length: 32 * 32 * 3 }, (_, index) => Math.imul(index + 1, 0x9e3779b1) >>> 21)
  const bytes = await sharp(pixels, { raw: { width: 32, height: 32, channels: 3 } })
    .png()
    .toBuffer()
  return bytes.subarray(0, bytes.length / 2)
}

const pairs = () => `paired:${join(root, 'a')},${join(root, 'b')}`

/** The first byte of each side, by samples in the order of a. */
async function greysOf(name: string) {
  const dataset = await openDataset(name, { size: 8 })
  const { value } = await dataset.batches({ batchSize: dataset.size, seed: 1 }).next()
  const first = (field: string) => (row: number) => Math.round((floats(value as Batch, field)[row * 192]! + 1) * 127.5)
  const rows = Array.from({ length: dataset.size }, (_, row) => [first('a')(row), first('b')(row)] as const)
  return { dataset, greys: rows.sort(([left], [right]) => left - right) }
}

describe('pairs of which something is wrong', () => {
  it('are left out and named where a half is damaged, cut off or another format; the others stay', async () => {
    for (const grey of [10, 20, 30, 40, 50]) await save(`a/${grey}.png`, flat(grey))
    for (const grey of [10, 20, 50]) await save(`b/${grey}.png`, flat(grey + 100))
    await save('b/30.png', await cutOff())
    await save('b/40.tif', flat(40).tiff())
    await save('b/20.png', new TextEncoder().encode('no picture'))
    const { dataset, greys } = await greysOf(pairs())
    expect(dataset.size).toBe(3)
    // In the place of what is found out to be damaged comes the next pair, of both fields.
    expect(new Set(greys.map(String))).toEqual(new Set(['10,110', '50,150']))
    const skipped = dataset.description.skipped.map(({ name, reason }) => `${name} ${reason.replaceAll(root, '')}`)
    expect(skipped.sort()).toEqual([
      expect.stringMatching(/^20\.png cannot be decoded/),
      "20.png has no other half in '/b'",
      expect.stringMatching(/^30\.png cannot be decoded/),
      "40.png has no other half in '/b'",
      '40.tif is a .tif file, not PNG, JPEG or WebP',
    ])
    await expect(openDataset(pairs(), { strict: true })).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' })
  })

  it('may be grey, of a palette, of 16 bits or transparent, all in one folder', async () => {
    const clear = sharp({ create: { width: 16, height: 16, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } })
    await save('a/1.png', flat(10).toColourspace('b-w'))
    await save('a/2.png', flat(20).png({ palette: true }))
    await save('a/3.png', flat(30).toColourspace('rgb16'))
    await save('a/4.png', flat(40).ensureAlpha())
    for (const name of [1, 2, 3]) await save(`b/${name}.png`, flat(name))
    await save('b/4.png', clear.png())
    await save('a/5.png', clear.clone().toColourspace('b-w').png())
    await save('b/5.png', flat(5))
    const { greys, dataset } = await greysOf(pairs())
    expect(dataset.description.skipped).toEqual([])
    // 16 bits are cut to 8, and what is transparent is on white.
    expect(greys.map((pair) => pair.map((grey) => (Math.abs(grey - 30) < 2 ? 30 : grey)))).toEqual([
      [10, 1],
      [20, 2],
      [30, 3],
      [40, 255],
      [255, 5],
    ])
  })

  it('are refused in whole where folders have no pictures that are read', async () => {
    await save('a/1.tif', flat(1).tiff())
    await save('b/1.tif', flat(1).tiff())
    await expect(openDataset(pairs())).rejects.toMatchObject({
      code: 'FOLDER_EMPTY',
      message: expect.stringContaining('holds no .png, .jpg, .jpeg or .webp file, only 1 .tif'),
    })
  })

  it('are refused where no two halves are alike, with the first of them', async () => {
    for (const name of [1, 2]) await save(`a/${name}.png`, flat(name))
    for (const name of [1, 2]) await save(`b/${name}.png`, flat(name, 16, 24))
    await expect(openDataset(pairs())).rejects.toMatchObject({
      code: 'DATASET_EMPTY',
      message: expect.stringMatching(
        /2 files of it cannot be used: 1\.png is 16×16, but its other half 16×24 …\. Mend/,
      ),
    })
  })

  it('are left out where a picture has more pixels than are decoded', async () => {
    for (const side of ['a', 'b']) await save(`${side}/1.png`, flat(1))
    const large = await flat(2).toBuffer()
    // IHDR: length, 'IHDR', width, height, 5 bytes, and the checksum of all but the length.
    large.writeUInt32BE(20_000, 16)
    large.writeUInt32BE(7_000, 20)
    large.writeUInt32BE(crc32(large.subarray(12, 29)), 29)
    await save('a/2.png', large)
    await save('b/2.png', flat(2))
    const { dataset } = await greysOf(pairs())
    expect(dataset.description.skipped.map(({ name, reason }) => `${name} ${reason.replaceAll(root, '')}`)).toEqual([
      '2.png is 20000×7000, more than 134 million pixels',
      "2.png has no other half in '/a'",
    ])
  })
})

describe('pictures with two halves', () => {
  it('lose the column in the middle of an odd width, and are turned upright first', async () => {
    const halves = (left: number, right: number) =>
      flat(left, 33, 16).composite([
        { input: { create: { width: 17, height: 16, channels: 3, background: '#808080' } }, left: 16, top: 0 },
        {
          input: { create: { width: 16, height: 16, channels: 3, background: { r: right, g: right, b: right } } },
          left: 17,
          top: 0,
        },
      ])
    await save('both/1.png', halves(10, 20))
    const turned = await sharp(await halves(30, 40).toBuffer())
      .rotate(-90)
      .withMetadata({ orientation: 6 })
      .toBuffer()
    await save('both/2.png', turned)
    await save('both/3.png', await cutOff())
    const { dataset, greys } = await greysOf(`pair-image:${join(root, 'both')}`)
    expect(new Set(greys.map(String))).toEqual(new Set(['10,20', '30,40']))
    expect(dataset.description.skipped).toMatchObject([{ name: '3.png', reason: expect.stringMatching(/decoded/) }])
  })
})

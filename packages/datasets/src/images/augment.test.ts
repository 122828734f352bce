import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Batch, BatchOptions, Dataset } from '@gantry/core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { streamBatches } from '../batch-stream.ts'
import { openDataset } from '../open-dataset.ts'
import { floats } from '../testing/values-of.ts'
import { decodedSource } from './decoded-source.ts'

/** Pictures whose red is the column and whose green the row of each pixel; their blue tells them apart. */
async function draw(name: string, [width, height]: readonly [number, number], blue = 0, exif = 1): Promise<void> {
  const pixels = new Uint8Array(width * height * 3)
  for (let at = 0; at < width * height; at++) pixels.set([at % width, Math.floor(at / width), blue], 3 * at)
  const image = sharp(pixels, { raw: { width, height, channels: 3 } })
  await image.withMetadata({ orientation: exif }).png().toFile(join(root, name))
}

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-augment-'))
  for (const folder of ['a', 'b', 'mixed']) await mkdir(join(root, folder))
  for (const number of [1, 2, 3]) {
    await draw(`a/${number}.png`, [24, 20], number)
    await draw(`b/${number}.png`, [24, 20], 100 + number)
  }
  await draw('b/4.png', [24, 20])
  await draw('a/4.png', [12, 10])
  await draw('mixed/wide.png', [60, 16], 1)
  await draw('mixed/high.png', [16, 90], 2)
  await draw('mixed/turned.png', [40, 16], 3, 6)
  await draw('mixed/small.png', [60, 15], 4)
})
afterAll(() => rm(root, { recursive: true }))

const SIZE = 16
type Pixel = readonly [column: number, row: number, blue: number]

/** Of one sample of a batch: the pixel in its first corner, and in the corner beside it. */
function cornersOf(batch: Batch, field: string, row = 0): readonly [Pixel, Pixel] {
  const bytes = floats(batch, field).map((value) => Math.round((value + 1) * 127.5))
  const pixel = (column: number) => [...bytes.subarray((row * SIZE * SIZE + column) * 3).subarray(0, 3)] as const
  return [pixel(0) as unknown as Pixel, pixel(SIZE - 1) as unknown as Pixel]
}

async function take(dataset: Pick<Dataset, 'batches'>, count: number, options: Partial<BatchOptions> = {}) {
  const batches: Batch[] = []
  for await (const batch of dataset.batches({ batchSize: 3, seed: 7, augment: true, ...options })) {
    if (batches.push(batch) === count) break
  }
  return batches
}

const own = { size: SIZE, loadSize: 'own', flip: true } as const
const paired = () => openDataset(`paired:${join(root, 'a')},${join(root, 'b')}`, own)

describe('images that are moved in training', () => {
  it('are cropped and mirrored alike in all fields of a sample', async () => {
    const dataset = await paired()
    const corners = (await take(dataset, 100)).flatMap((batch) =>
      [0, 1, 2].map((row) => [cornersOf(batch, 'a', row), cornersOf(batch, 'b', row)] as const),
    )
    for (const [[left, right], [otherLeft, otherRight]] of corners) {
      expect([otherLeft, otherRight]).toEqual([left, right].map(([x, y, blue]) => [x, y, blue + 100]))
      expect([Math.abs(left[0] - right[0]), left[1]]).toEqual([SIZE - 1, right[1]])
    }
    // Every place of 9 × 5 and both sides occur, and none is twice as often as it should be: 300 of 90.
    const seen = corners.map(([[[x, y], [other]]]) => `${Math.min(x, other)} ${y} ${x > other}`)
    const columns = new Set(seen.map((place) => place.split(' ')[0]))
    const rows = new Set(seen.map((place) => place.split(' ')[1]))
    expect([columns.size, rows.size]).toEqual([9, 5])
    const mirrored = seen.filter((place) => place.endsWith('true')).length
    expect(mirrored).toBeGreaterThan(110)
    expect(mirrored).toBeLessThan(190)
  })

  it('are the same for a seed, from any batch on and in every shard', async () => {
    const dataset = await paired()
    const whole = await take(dataset, 7)
    expect(await take(await paired(), 3, { from: 4 })).toEqual(whole.slice(4))
    expect(await take(dataset, 7, { seed: 8 })).not.toEqual(whole)
    const [second] = await take(dataset, 1, { shard: { index: 1, count: 2 } })
    expect(cornersOf(second!, 'a')).toEqual(cornersOf(whole[0]!, 'a', 1))
  })

  it('are seen from the middle by whoever looks on', async () => {
    const [batch] = await take(await paired(), 1, { augment: false })
    for (const row of [0, 1, 2]) {
      const [left, right] = cornersOf(batch!, 'b', row)
      expect([left.slice(0, 2), right.slice(0, 2)]).toEqual([
        [4, 2],
        [19, 2],
      ])
    }
  })

  it('move each by itself on two sides that do not belong together', async () => {
    const folder = `folder:${join(root, 'a')}`
    const batches = await take(await openDataset(`unpaired:${folder},${folder}`, { ...own, loadSize: 22 }), 20)
    const placeOf = (batch: Batch, side: string) => cornersOf(batch, side)[0].slice(0, 2).join()
    expect(new Set(batches.map((batch) => placeOf(batch, 'a'))).size).toBeGreaterThan(8)
    expect(batches.filter((batch) => placeOf(batch, 'a') === placeOf(batch, 'b')).length).toBeLessThan(5)
  })

  it('may be of any size that has room for a crop; others are named', async () => {
    const dataset = await openDataset(`folder:${join(root, 'mixed')}`, own)
    expect(dataset.description.skipped).toEqual([{ name: 'small.png', reason: 'is 60×15, smaller than 16 pixels' }])
    const most = new Map<number, readonly [number, number]>()
    for (const batch of await take(dataset, 60)) {
      for (const row of [0, 1, 2]) {
        const [[x, y, blue]] = cornersOf(batch, 'image', row)
        const [column, line] = most.get(blue) ?? [0, 0]
        most.set(blue, [Math.max(column, x), Math.max(line, y)])
      }
    }
    expect(most.get(1)).toEqual([expect.any(Number), 0])
    expect(most.get(1)![0]).toBeGreaterThan(50)
    expect(most.get(2)).toEqual([15, expect.any(Number)])
    expect(most.get(2)![1]).toBeGreaterThan(60)
  })

  it('are loaded larger, and are whole where they are not', async () => {
    const dataset = await openDataset(`folder:${join(root, 'b')}`, { size: SIZE, loadSize: 18 })
    const places = (await take(dataset, 40)).map((batch) => cornersOf(batch, 'image')[0].slice(0, 2).join())
    // Of 18 pixels there are 3 × 3 crops of 16.
    expect(new Set(places).size).toBe(9)
    const plain = await openDataset(`folder:${join(root, 'b')}`, { size: SIZE })
    expect(await take(plain, 2)).toEqual(await take(plain, 2, { augment: false }))
  })

  it('are the same where memory keeps none of them', async () => {
    const files = ['wide', 'high', 'turned'].map((name) => join(root, `mixed/${name}.png`))
    const source = (budget: number) =>
      decodedSource(
        {
          size: files.length,
          nameOf: String,
          load: (index) => files[index]!,
          signatureOf: String,
        },
        { format: { channels: 3, ...own }, unusable: 'X', onSkip: () => {}, budget },
      )
    const batchesOf = (budget: number) => take({ batches: (options) => streamBatches(source(budget), options) }, 20)
    expect(await batchesOf(0)).toEqual(await batchesOf(2 ** 20))
  })
})

describe('pairs of which one half is larger', () => {
  it('belong together when both are brought to one size, and not when they stay as they are', async () => {
    const folders = `paired:${join(root, 'a')},${join(root, 'b')}`
    expect((await openDataset(folders, { size: 8 })).size).toBe(4)
    expect((await openDataset(folders, { size: 8, loadSize: 'own' })).description.skipped).toEqual([
      { name: '4.png', reason: 'is 12×10, but its other half 24×20' },
    ])
  })
})

describe('the options', () => {
  it.each([
    [{ loadSize: 63 }, 'LOAD_SIZE_INVALID', /brought to 63 pixels \(loadSize\), which has no crops of 64 \(size\)/],
    [{ loadSize: 'large' }, 'LOAD_SIZE_INVALID', /'own', not "large"/],
    [{ loadSize: 0 }, 'LOAD_SIZE_INVALID', /not 0/],
    [{ flip: 'yes' }, 'FLIP_INVALID', /true or false, not "yes"/],
  ] as const)('refuse %j', async (options, code, message) => {
    const opening = openDataset(`folder:${join(root, 'a')}`, options as never)
    await expect(opening).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  })
})

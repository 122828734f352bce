import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Batch, BatchOptions } from '@gantry/core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { absoluteDatasetName, datasetOptions, openDataset } from '../index.ts'
import type { OpenedDataset } from '../opened-dataset.ts'
import { floats } from '../testing/values-of.ts'

const SIDE = 32

/** A box on nothing, 12 pixels wide, whose left edge is at a column of its own. */
async function draw(path: string, left: number, background = 'orange'): Promise<void> {
  const box = await sharp({ create: { width: 12, height: 16, channels: 3, background } })
    .png()
    .toBuffer()
  const nothing = { width: SIDE, height: SIDE, channels: 4, background: '#0000' } as const
  await sharp({ create: nothing })
    .composite([{ input: box, left, top: 8 }])
    .toFile(path)
}

let root: string
let boxes: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-edges-'))
  boxes = `edges:folder:${join(root, 'boxes')}`
  for (const kind of ['low', 'high']) {
    await mkdir(join(root, 'boxes', kind), { recursive: true })
    for (let left = 2; left < 18; left++) await draw(join(root, 'boxes', kind, `${left}.png`), left)
  }
})
afterAll(() => rm(root, { recursive: true }))

const open = (name = boxes, options = {}) => openDataset(name, { size: SIDE, ...options })

async function firstOf(dataset: OpenedDataset, options: Partial<BatchOptions> = {}): Promise<Batch> {
  const { value } = await dataset.batches({ batchSize: 8, seed: 3, ...options }).next()
  return value as Batch
}

/** Columns of the 17th row that are not white, in every row of a batch. */
function inkOf(batch: Batch, field: string, channels = 3): number[][] {
  const all = floats(batch, field)
  const length = SIDE * SIDE * channels
  return Array.from({ length: all.length / length }, (_, row) =>
    Array.from({ length: SIDE }, (_, column) => column).filter(
      (column) => all[row * length + (16 * SIDE + column) * channels]! < 0.9,
    ),
  )
}

describe('edges:DATASET', () => {
  it('gives black lines on white, of the size of the image, before what the data set gives', async () => {
    const dataset = await open()
    expect(Object.keys(dataset.fields)).toEqual(['edges', 'image', 'label'])
    expect(dataset.fields.edges).toEqual(dataset.fields.image)
    expect(dataset).toMatchObject({ name: boxes, size: 32, labelCounts: [16, 16] })
    expect(dataset.description.source).toContain('boxes')
    const batch = await firstOf(dataset)
    expect(batch.edges!.shape).toEqual([8, SIDE, SIDE, 3])
    expect([...new Set(floats(batch, 'edges'))].sort()).toEqual([-1, 1])
    await dataset.dispose?.()
  })

  it('draws the outline of what is on white', async () => {
    const dataset = await open(boxes, { channels: 1 })
    const batch = await firstOf(dataset)
    for (const [row, columns] of inkOf(batch, 'image', 1).entries()) {
      const [first, last] = [columns[0]!, columns.at(-1)!]
      const drawn = inkOf(batch, 'edges', 1)[row]!
      // A step is as steep on either side of it.
      expect(drawn.every((column) => Math.min(Math.abs(column - first + 0.5), Math.abs(column - last - 0.5)) < 1)).toBe(
        true,
      )
      expect([drawn.some((column) => column <= first), drawn.some((column) => column >= last)]).toEqual([true, true])
    }
  })

  it('is the same at every reading, whatever was read before', async () => {
    const options = { augment: true, from: 5, batchSize: 3 }
    const moving = { loadSize: 40, flip: true }
    const bytesOf = async (dataset: OpenedDataset) =>
      Buffer.from(floats(await firstOf(dataset, options), 'edges').buffer)
    const first = await bytesOf(await open(boxes, moving))
    const dataset = await open(boxes, moving)
    await firstOf(dataset)
    expect((await bytesOf(dataset)).equals(first)).toBe(true)
    expect((await bytesOf(await open(boxes))).equals(first)).toBe(false)
  })

  it('moves with its image', async () => {
    const dataset = await open(boxes, { channels: 1, loadSize: 40, flip: true })
    const batch = await firstOf(dataset, { augment: true, batchSize: 32 })
    const whole = (field: string) => inkOf(batch, field, 1)
    for (const [row, columns] of whole('image').entries()) {
      for (const column of whole('edges')[row]!) {
        expect(Math.min(...columns.map((inside) => Math.abs(inside - column)))).toBeLessThan(3)
      }
    }
    expect(new Set(whole('edges').map(String)).size).toBeGreaterThan(20)
  })

  it('has other edges with other options, and the same fingerprint', async () => {
    const [usual, faint] = [await open(), await open(boxes, { highThreshold: 5, lowThreshold: 5 })]
    expect(faint.fingerprint).toBe(usual.fingerprint)
    expect(new Set(floats(await firstOf(faint), 'edges'))).toEqual(new Set([1]))
    expect(datasetOptions(boxes).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['size', 'flip', 'sigma', 'lowThreshold', 'highThreshold']),
    )
    expect((await openDataset(boxes.slice('edges:'.length), { size: SIDE })).fingerprint).not.toBe(usual.fingerprint)
  })

  it('is split as its data set is', async () => {
    const folder = boxes.slice('edges:'.length)
    for (const part of ['held-out', 'training']) {
      const [whole, images] = [await open(`${part}:${boxes}`), await open(`${part}:${folder}`)]
      expect(whole.name).toBe(`edges:${part}:${folder}`)
      const names = ({ samples, size }: OpenedDataset) =>
        Array.from({ length: size }, (_, index) => samples!.nameOf!(index))
      expect(names(whole)).toEqual(names(images))
    }
    expect((await open(`few:2,${boxes}`)).labelCounts).toEqual([2, 2])
    expect(absoluteDatasetName('edges:folder:boxes')).toBe(`edges:folder:${join(process.cwd(), 'boxes')}`)
  })

  it('takes images that lie in memory, and a side of two', async () => {
    const digits = await openDataset('edges:mnist-test')
    expect(digits.fields.edges!.shape).toEqual([28, 28, 1])
    expect(new Set(floats(await firstOf(digits), 'edges'))).toEqual(new Set([1, -1]))
    const sides = await openDataset(`unpaired:edges:mnist-test,folder:${join(root, 'boxes')}`)
    expect(Object.keys(sides.fields)).toEqual(['a', 'a-image', 'a-label', 'b', 'b-label'])
  })
})

describe('edges:DATASET refuses', () => {
  it.each([
    ['edges:ring8', {}, 'IMAGES_MISSING', /ring8 gives 'points' \(points\), 'label' \(label\)/],
    ['edges:edges:mnist-test', {}, 'EDGES_TAKEN', /edges:mnist-test gives 'edges' already/],
    ['edges:unpaired:mnist-test,mnist-test', {}, 'SAMPLES_MISSING', /have several sides/],
    ['edges:', {}, 'DATASET_PARAMETER_MISSING', /needs its DATASET/],
    ['edges:mnits', {}, 'DATASET_UNKNOWN', /Did you mean 'mnist'/],
    ['mnist-test', { sigma: 1 }, 'DATASET_OPTION_UNSUPPORTED', /no option 'sigma'/],
    ['edges:mnist-test', { sigma: 0 }, 'SIGMA_INVALID', /above 0 and up to 100, not 0/],
    ['edges:mnist-test', { sigma: '1' }, 'SIGMA_INVALID', /not "1"/],
    ['edges:mnist-test', { lowThreshold: -1 }, 'THRESHOLD_INVALID', /from 0 to 5\.66, .* not -1/],
    ['edges:mnist-test', { highThreshold: Number.NaN }, 'THRESHOLD_INVALID', /highThreshold of edges:DATASET/],
    ['edges:mnist-test', { lowThreshold: 1 }, 'THRESHOLD_INVALID', /begin at a slope of 0\.3 .* below one of 1/],
  ] as const)('%s with %j', async (name, options, code, message) => {
    await expect(openDataset(name, options)).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  })
})

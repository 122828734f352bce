import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Batch } from '@gantry/core'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { openDataset } from '../open-dataset.ts'
import type { OpenedDataset } from '../opened-dataset.ts'

async function firstOf(dataset: OpenedDataset, batchSize: number, seed = 0): Promise<Batch> {
  for await (const batch of dataset.batches({ batchSize, seed })) return batch
  throw new Error('no batch')
}

describe('a data set without a class', () => {
  it('has all other samples, under their own labels', async () => {
    const [whole, part] = [await openDataset('mnist-test'), await openDataset('without:7,mnist-test')]
    expect(part.name).toBe('without:7,mnist-test')
    expect(part.labelCounts).toEqual(whole.labelCounts!.map((count, digit) => (digit === 7 ? 0 : count)))
    expect(part.size).toBe(10_000 - whole.labelCounts![7]!)
    const { label } = await firstOf(part, 500)
    expect([...new Set(Array.from(label!.data, Number))].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 8, 9])
    expect(part.fingerprint).not.toBe(whole.fingerprint)
    expect(part.fields).toEqual(whole.fields)
  })

  it('says which classes there are, and that there must be labels', async () => {
    await expect(openDataset('without:seven,mnist-test')).rejects.toMatchObject({ code: 'CLASS_UNKNOWN' })
    await expect(openDataset('without:7,swissroll')).rejects.toMatchObject({ code: 'LABELS_MISSING' })
    const none = ['0', '1', '2', '3', '4', '5', '6', '7'].reduce((data, mode) => `without:${mode},${data}`, 'ring8')
    await expect(openDataset(none)).rejects.toMatchObject({ code: 'DATASET_EMPTY' })
    await expect(openDataset('without:mnist')).rejects.toMatchObject({ code: 'SUBSET_INVALID' })
    await expect(openDataset('without:7,mnits')).rejects.toMatchObject({ code: 'DATASET_UNKNOWN' })
  })
})

describe('one class of a data set', () => {
  it('has its samples, under their own label, and is what it lacks without it', async () => {
    const [whole, part] = [await openDataset('mnist-test'), await openDataset('only:7,mnist-test')]
    expect(part.name).toBe('only:7,mnist-test')
    expect(part.labelCounts).toEqual(whole.labelCounts!.map((count, digit) => (digit === 7 ? count : 0)))
    const { label } = await firstOf(part, 500)
    expect(new Set(Array.from(label!.data, Number))).toEqual(new Set([7]))
    await expect(openDataset('only:7,without:7,mnist-test')).rejects.toMatchObject({ code: 'DATASET_EMPTY' })
  })

  it('may be written without quotes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gantry-classes-'))
    try {
      for (const [name, count] of Object.entries({ 'Smileys & Emotion': 2, smileys: 1, 'Food & Drink': 3 })) {
        await mkdir(join(folder, name))
        for (let index = 0; index < count; index++) {
          const picture = sharp({ create: { width: 8, height: 8, channels: 3, background: { r: index, g: 0, b: 0 } } })
          await picture.png().toFile(join(folder, name, `${index}.png`))
        }
      }
      const sizeOf = async (choice: string) => (await openDataset(`${choice},folder:${folder}`, { size: 8 })).size
      expect(await sizeOf('only:smileys-emotion')).toBe(2)
      expect(await sizeOf('only:smileys')).toBe(1)
      expect(await sizeOf('without:food-drink')).toBe(3)
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('says which classes there are, and that it wants one of a data set', async () => {
    await expect(openDataset('only:seven,mnist-test')).rejects.toMatchObject({ code: 'CLASS_UNKNOWN' })
    await expect(openDataset('only:mnist')).rejects.toMatchObject({ code: 'SUBSET_INVALID' })
  })
})

describe('a few samples of each class', () => {
  it('are the first, and the same for every seed', async () => {
    const part = await openDataset('few:3,mnist-test')
    expect([part.size, part.labelCounts]).toEqual([30, new Array(10).fill(3)])
    const { image } = await firstOf(part, 30)
    const again = await firstOf(part, 30, 5)
    const rows = (data: ArrayLike<number>) =>
      Array.from({ length: 30 }, (_, row) => Array.from({ length: 784 }, (_, at) => data[row * 784 + at]).join()).sort()
    expect(rows(image!.data as Float32Array)).toEqual(rows(again.image!.data as Float32Array))
  })

  it('are a whole number', async () => {
    await expect(openDataset('few:0,mnist-test')).rejects.toMatchObject({ code: 'SUBSET_INVALID' })
    await expect(openDataset('few:half,mnist-test')).rejects.toMatchObject({ code: 'SUBSET_INVALID' })
  })
})

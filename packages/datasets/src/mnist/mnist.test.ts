import type { Batch, Dataset } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import { openDataset } from '../index.ts'
import { floats, integers } from '../testing/values-of.ts'
import { readMnist } from './mnist-files.ts'

async function histogram(dataset: Dataset): Promise<number[]> {
  const counts = new Array<number>(10).fill(0)
  for await (const batch of dataset.batches({ batchSize: dataset.size, seed: 1 })) {
    for (const label of integers(batch)) counts[label]!++
    break
  }
  return counts
}

async function firstBatch(dataset: Dataset, batchSize = 64): Promise<Batch> {
  const { value } = await dataset.batches({ batchSize, seed: 3 }).next()
  return value
}

describe('the MNIST files', () => {
  it('are the real ones', async () => {
    const { images, labels: digits } = await readMnist('train')
    expect(images.length).toBe(60_000 * 784)
    // The first digits of the training set: 5 0 4 1 9 2 1 3 1 4.
    expect([...digits.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4])
    // Mean 0.1307 and standard deviation 0.3081 are the constants of every MNIST tutorial.
    const mean = images.reduce((sum, pixel) => sum + pixel, 0) / images.length
    const variance = images.reduce((sum, pixel) => sum + (pixel - mean) ** 2, 0) / images.length
    expect(mean / 255).toBeCloseTo(0.1307, 4)
    expect(Math.sqrt(variance) / 255).toBeCloseTo(0.3081, 4)
  })
})

describe('mnist', () => {
  it('has 60,000 labelled images in [-1, 1]', async () => {
    const dataset = await openDataset('mnist')
    expect(dataset).toMatchObject({ specificationVersion: 2, name: 'mnist', size: 60_000 })
    expect(dataset.fields).toEqual({
      image: { modality: 'image', dtype: 'float32', shape: [28, 28, 1], range: [-1, 1] },
      label: {
        modality: 'label',
        dtype: 'int32',
        shape: [],
        names: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
      },
    })
    const batch = await firstBatch(dataset)
    expect(batch).toMatchObject({ image: { shape: [64, 28, 28, 1] }, label: { shape: [64] } })
    const values = floats(batch, 'image')
    expect(values.reduce((least, value) => Math.min(least, value))).toBe(-1)
    expect(values.reduce((most, value) => Math.max(most, value))).toBe(1)
  })

  it('has the known number of each digit', async () => {
    expect(await histogram(await openDataset('mnist'))).toEqual([
      5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949,
    ])
    expect(await histogram(await openDataset('mnist-test'))).toEqual([
      980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ])
  })

  it('gives each image exactly, with its own label', async () => {
    const { images, labels: digits } = await readMnist('t10k')
    const rows = new Map(
      Array.from(digits, (digit, index) => [images.subarray(784 * index, 784 * (index + 1)).join(), digit]),
    )
    const batch = await firstBatch(await openDataset('mnist-test'))
    const values = floats(batch, 'image')
    for (const [row, label] of integers(batch).entries()) {
      const bytes = values.subarray(784 * row, 784 * (row + 1)).map((value) => Math.round((value + 1) * 127.5))
      expect(rows.get(bytes.join())).toBe(label)
    }
  })

  it('resizes', async () => {
    const [original, large] = [await openDataset('mnist'), await openDataset('mnist', { size: 56 })]
    expect(large.fields.image!.shape).toEqual([56, 56, 1])
    const [from, to] = [await firstBatch(original, 8), await firstBatch(large, 8)]
    expect(to.image!.shape).toEqual([8, 56, 56, 1])
    expect(to.label).toEqual(from.label)
    const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length
    expect(mean(floats(to, 'image'))).toBeCloseTo(mean(floats(from, 'image')), 3)
  })
})

import { describe, expect, it } from 'vitest'
import { openDataset } from '../index.ts'
import { readMnist } from '../mnist/mnist-files.ts'
import { floats, integers } from '../testing/values-of.ts'

describe('stacked-mnist', () => {
  it('has 128,000 images of 1,000 classes, about equally many', async () => {
    const dataset = await openDataset('stacked-mnist')
    expect(dataset.size).toBe(128_000)
    expect(dataset.fields.image!.shape).toEqual([28, 28, 3])
    const names = dataset.fields.label!.names!
    expect([names.length, names[0], names[42]]).toEqual([1000, '000', '042'])
    // Expected 128; the rarest triple (555) is expected 94 times, the most common (111) 181 times.
    expect(Math.min(...dataset.labelCounts!)).toBeGreaterThan(60)
    expect(Math.max(...dataset.labelCounts!)).toBeLessThan(240)
  })

  it('shows the digits of its label in red, green and blue', async () => {
    const { images, labels } = await readMnist('train')
    const digits = new Map(
      Array.from(labels, (digit, index) => [
        Buffer.from(images.subarray(784 * index, 784 * (index + 1))).toString('latin1'),
        digit,
      ]),
    )
    const dataset = await openDataset('stacked-mnist')
    const { value: batch } = await dataset.batches({ batchSize: 50, seed: 1 }).next()
    for (const [row, label] of integers(batch).entries()) {
      const shown = [0, 1, 2].map((channel) => {
        const bytes = Uint8Array.from({ length: 784 }, (_, pixel) =>
          Math.round((floats(batch, 'image')[(row * 784 + pixel) * 3 + channel]! + 1) * 127.5),
        )
        return digits.get(Buffer.from(bytes).toString('latin1'))
      })
      expect(shown.join('')).toBe(dataset.fields.label!.names![label])
    }
  })

  it('is the same at every opening', async () => {
    const read = async () =>
      (await (await openDataset('stacked-mnist')).batches({ batchSize: 8, seed: 5 }).next()).value
    expect(await read()).toEqual(await read())
  })
})

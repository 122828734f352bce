import { describe, expect, it } from 'vitest'
import { datasetOfIdx } from '../points/index.ts'
import { floats, integers } from '../testing/values-of.ts'

const images = (side: number, ...values: number[]) =>
  Uint8Array.of(
    0,
    0,
    8,
    3,
    ...[values.length, side, side].flatMap((number) => [0, 0, 0, number]),
    ...values.flatMap((value) => Array(side * side).fill(value)),
  )
const labels = (...values: number[]) => Uint8Array.of(0, 0, 8, 1, 0, 0, 0, values.length, ...values)

describe('datasetOfIdx', () => {
  it('gives images and labels of files in memory, of any side', async () => {
    const given = { name: 'squares', images: images(4, 0, 255, 51), labels: labels(1, 0, 1), names: ['light', 'dark'] }
    const dataset = await datasetOfIdx({ ...given, licence: 'MIT' })
    expect(dataset).toMatchObject({
      name: 'squares',
      size: 3,
      labelCounts: [1, 2],
      fields: { image: { shape: [4, 4, 1] }, label: { names: ['light', 'dark'] } },
      description: { source: 'memory', licence: 'MIT' },
    })
    const large = await datasetOfIdx({ ...given, size: 8 })
    const { value: batch } = await large.batches({ batchSize: 3, seed: 1 }).next()
    const values = Array.from(
      integers(batch),
      (label, row) => `${label}: ${floats(batch, 'image')[64 * row]!.toFixed(1)}`,
    )
    expect(values.toSorted()).toEqual(['0: 1.0', '1: -0.6', '1: -1.0'])
  })

  it.each([
    [
      images(4, 1),
      labels(0, 1),
      'LABEL_COUNT_MISMATCH',
      "'the images of x' holds 1 image, but 'the labels of x' holds [2]",
    ],
    [images(4, 1), labels(2), 'LABEL_OUT_OF_RANGE', 'Record 0 of'],
    [labels(1), labels(1), 'IMAGE_SHAPE_INVALID', 'has the shape [1], but square images are [count,side,side]'],
    [Uint8Array.of(0x1f, 0x8b, 8, 0), labels(1), 'IDX_INVALID', 'it starts with 1f 8b 08 00 instead of 00 00 08 0n'],
  ])('refuses files that do not fit (%#)', async (imageFile, labelFile, code, message) => {
    const opening = datasetOfIdx({ name: 'x', images: imageFile, labels: labelFile, names: ['a', 'b'] })
    await expect(opening).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
  })
})

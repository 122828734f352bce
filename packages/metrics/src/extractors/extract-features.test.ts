import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { FeatureExtractor } from '../extractor.ts'
import type { ImageBatch } from '../features.ts'
import { proceduralImages } from '../testing/procedural.ts'
import { extractFeatures, forEachFeatures } from './extract-features.ts'
import { createPixels } from './pixels.ts'

const batches = [3, 2, 4].map((count, index) => proceduralImages({ seed: index + 1, N: count, H: 4, W: 5, C: 1 }))
const pixels = createPixels({ shape: [4, 5, 1] })

async function* drawn(source: readonly ImageBatch[], seen: string[] = []): AsyncGenerator<ImageBatch> {
  try {
    for (const [index, batch] of source.entries()) {
      seen.push(`draw ${index}`)
      yield batch
    }
  } finally {
    seen.push('closed')
  }
}

/** Takes as long as it is told, one after another, as an engine does. */
function slow(seen: string[], extract: FeatureExtractor['extract'] = pixels.extract): FeatureExtractor {
  let [before, number] = [Promise.resolve(), 0]
  return {
    ...pixels,
    async extract(images, layers) {
      const index = number++
      const turn = before.then(() => setTimeout(5))
      before = turn
      await turn
      seen.push(`computed ${index}`)
      return extract(images, layers)
    },
  }
}

test('all rows in order, with progress', async () => {
  const calls: [number, number, string][] = []
  const { pixels: features } = await extractFeatures(drawn(batches), slow([]), ['pixels'], {
    progress: (...call) => calls.push(call),
    total: 9,
  })
  const expected = batches.flatMap(({ data }) => [...data].map((value) => Math.fround(value / 255)))
  expect(features).toEqual({ rows: 9, columns: 20, data: Float32Array.from(expected) })
  expect(calls).toEqual([
    [3, 9, 'images'],
    [5, 9, 'images'],
    [9, 9, 'images'],
  ])
})

test('the next batch is drawn, and handed over, while one computes', async () => {
  const seen: string[] = []
  const rows: number[] = []
  await forEachFeatures(drawn(batches, seen), slow(seen), ['pixels'], (_, firstRow) => rows.push(firstRow))
  expect(seen).toEqual(['draw 0', 'draw 1', 'computed 0', 'draw 2', 'computed 1', 'closed', 'computed 2'])
  expect(rows).toEqual([0, 3, 5])
})

describe('failures', () => {
  test('features that are not finite are named', async () => {
    const broken: FeatureExtractor['extract'] = async ({ shape }) => {
      const data = new Float32Array(shape[0]! * 2)
      if (shape[0] === 2) data[3] = Number.NaN
      return { pixels: { rows: shape[0]!, columns: 2, data } }
    }
    await expect(extractFeatures(batches, slow([], broken), ['pixels'])).rejects.toMatchObject({
      code: 'FEATURES_NOT_FINITE',
      message: expect.stringContaining("pixels, layer 'pixels', batch from sample 3: feature 1 of sample 1 is NaN"),
    })
  })

  test('an abort ends it between batches, closes the source and leaves nothing under way', async () => {
    const [seen, controller] = [[] as string[], new AbortController()]
    const progress = () => controller.abort(new Error('enough'))
    const ended = extractFeatures(drawn(batches, seen), slow(seen), ['pixels'], { progress, signal: controller.signal })
    await expect(ended).rejects.toThrow('enough')
    expect(seen).toEqual(['draw 0', 'draw 1', 'computed 0', 'draw 2', 'closed', 'computed 1'])
  })

  test('no images, and images of another kind', async () => {
    await expect(extractFeatures([], pixels, ['pixels'])).rejects.toMatchObject({ code: 'IMAGES_MISSING' })
    const color = proceduralImages({ seed: 1, N: 1, H: 4, W: 5, C: 3 })
    await expect(extractFeatures([color], pixels, ['pixels'])).rejects.toMatchObject({ code: 'IMAGES_UNSUITABLE' })
    await expect(extractFeatures(batches, pixels, ['pixel'])).rejects.toMatchObject({ code: 'LAYER_UNKNOWN' })
  })
})

import type { Batch } from '@gantry/core'
import { openDataset } from '@gantry/datasets'
import { drawRows } from '@gantry/modalities'
import { describe, expect, it } from 'vitest'
import frozen from './testing/frozen-feeds.json' with { type: 'json' }
import { hashArray, recordFeeds } from './testing/record-feeds.ts'

// Runs of any version go on bit for bit, and a seed means the same samples for ever. Both rest on what is drawn under which
// name at which place of its stream: a phase, a feed or a noise that is renamed, or whose shape changes, is other numbers.
// The hashes were written by Gantry as of b713807 and are never written again; they are the same on every machine.

const feeds = frozen.feeds.map(
  (own) => [`${own.variant} on ${own.data} with ${JSON.stringify(own.options)}`, own] as const,
)

describe('the feeds of every step', () => {
  it.each(feeds)('are as they were: %s', async (_, { phases, ...run }) => {
    expect(await recordFeeds(run)).toEqual(phases)
  })
})

describe('latent vectors', () => {
  it.each(frozen.latents)('are as they were: $count of seed $seed from $from, $size × $distribution', (own) => {
    const { size, distribution, seed, from, count, hash } = own
    const rows = { name: 'latent', shape: [size], distribution: distribution as 'normal' | 'uniform' }
    expect(hashArray(drawRows(rows, { seed, from, count }))).toBe(hash)
  })
})

describe('batches', () => {
  it.for(Object.entries(frozen.batches))('are as they were: %s', async ([name, expected], { skip }) => {
    const dataset = await openDataset(name).catch((error) => {
      if (error.code !== 'DATASET_PACKAGE_MISSING') throw error
      return skip(error.message)
    })
    for (const [index, hashes] of Object.entries(expected)) {
      const batches = dataset.batches({ batchSize: 8, seed: 5, from: Number(index) })
      const { value } = await batches.next()
      await batches.return?.()
      const { image, points = image, label } = value as Batch
      expect({ samples: hashArray(points!), ...(label && { labels: hashArray(label) }) }).toEqual(hashes)
    }
    await dataset.dispose?.()
  })
})

import type { Batch, Dataset, NDArray } from '@gantry/core'
import { BatchPrefetcher } from './batch-prefetcher.ts'
import { gather, LARGEST_BATCH, rowsOfEach } from './generate.ts'

/**
 * The first samples that a data set gives for a seed: [count, ...shape] by field. Read in small batches: a data set may read
 * several ahead.
 */
export async function firstSamples(dataset: Dataset, count: number, seed: number): Promise<Batch> {
  const batchSize = Math.min(count, LARGEST_BATCH)
  const batches = new BatchPrefetcher(dataset, { batchSize, seed })
  const first: Record<string, NDArray> = {}
  try {
    for (let from = 0; from < count; from += batchSize) {
      gather(first, rowsOfEach(await batches.next(), 0, Math.min(batchSize, count - from)), from, count)
    }
    return first
  } finally {
    await batches.close()
  }
}

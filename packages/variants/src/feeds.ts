import type { BoundField, Feed } from '@gantry/core'

/** A batch of a field of the data. */
export function batchFeed({ field, dtype, shape }: BoundField, batchSize: number): Feed {
  return { dtype, shape: [batchSize, ...shape], source: { from: 'batch', field } }
}

/** Standard normal vectors: [batch, size]. */
export function latentFeed(size: number, batchSize: number): Feed {
  return { dtype: 'float32', shape: [batchSize, size], source: { from: 'random', distribution: 'normal' } }
}

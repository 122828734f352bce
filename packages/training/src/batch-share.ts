import { ConfigurationError, type Shard } from '@gantry/core'

/** A replica's share of every batch. */
export interface BatchShare extends Shard {
  /** Samples of the share: what is drawn for as many is drawn for the samples, all else is one for all replicas. */
  readonly rows: number
}

/** @throws ConfigurationError `SHARD_UNEVEN` where the shares of a batch would differ in size: their average would be no mean */
export function shareOf({ index, count }: Shard, batchSize: number): BatchShare {
  const rows = batchSize / count
  if (Number.isInteger(rows) && index >= 0 && index < count) return { index, count, rows }
  throw new ConfigurationError({
    code: 'SHARD_UNEVEN',
    message: `A batch of ${batchSize} has no share ${index} of ${count} equal ones (they count from 0).`,
    fix: 'Choose a batchSize that is a multiple of the number of replicas.',
  })
}

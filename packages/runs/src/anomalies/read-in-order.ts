import { type Batch, UnsupportedError } from '@gantry/core'
import { type OpenedDataset, readBatch, type SampleSource } from '@gantry/datasets'

const BATCH = 64

/**
 * The samples of a data set one after the other, in their own order.
 *
 * @throws UnsupportedError `SAMPLES_UNORDERED` for data whose samples cannot be read one by one
 */
export function samplesOf({ name, samples }: OpenedDataset): SampleSource {
  if (samples !== undefined) return samples
  throw new UnsupportedError({
    code: 'SAMPLES_UNORDERED',
    message: `The samples of ${name} cannot be read one by one.`,
    fix: 'Name one of the data sets that it is made of.',
  })
}

/** Batches of the samples of these numbers, and where each begins among them. */
export async function* readInOrder(
  source: SampleSource,
  indices: readonly number[],
): AsyncGenerator<{ readonly from: number; readonly batch: Batch }> {
  for (let from = 0; from < indices.length; from += BATCH) {
    yield { from, batch: await readBatch(source, indices.slice(from, from + BATCH)) }
  }
}

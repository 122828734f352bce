import { type Batch, type BatchOptions, ConfigurationError, ndarray, sizeOfShape } from '@gantry/core'
import { SampleOrder } from './sample-order.ts'
import type { SampleSource } from './sample-source.ts'

/**
 * The endless stream of shuffled batches that {@link Dataset.batches} promises, over any source.
 *
 * Batch `b` holds positions `b * batchSize …` of the {@link SampleOrder}: it depends on nothing that was read before,
 * so a stream started with `from` equals the uninterrupted one.
 *
 * @throws ConfigurationError `BATCH_SIZE_INVALID`, `BATCH_INDEX_INVALID`, `SEED_INVALID`, at the call and not at the
 * first batch. What `source.read` throws ends the stream.
 */
export function streamBatches(source: SampleSource, options: BatchOptions): AsyncIterableIterator<Batch> {
  const { batchSize, seed, from = 0 } = options
  checkInteger('BATCH_SIZE_INVALID', 'A batch size', batchSize, 1)
  checkInteger('BATCH_INDEX_INVALID', 'The index of the first batch', from, 0)
  return readAhead(source, new SampleOrder(seed, source.size), batchSize, from)
}

async function* readAhead(
  source: SampleSource,
  order: SampleOrder,
  batchSize: number,
  from: number,
): AsyncGenerator<Batch, void> {
  const pending: Promise<Batch>[] = []
  try {
    for (let next = from; ; ) {
      while (pending.length <= source.readAhead) {
        const batch = readBatch(source, order.slice(next++ * batchSize, batchSize))
        // A batch that fails is reported when its turn comes; until then nobody listens to it.
        batch.catch(() => {})
        pending.push(batch)
      }
      yield await pending.shift()!
    }
  } finally {
    // The consumer may delete the files as soon as its loop has ended.
    await Promise.allSettled(pending)
  }
}

async function readBatch(source: SampleSource, indices: Uint32Array): Promise<Batch> {
  const { sampleShape } = source
  const length = sizeOfShape(sampleShape)
  const samples = ndarray('float32', [indices.length, ...sampleShape])
  const rows = Array.from(indices, (index, row) =>
    source.read(index, samples.data.subarray(row * length, (row + 1) * length)),
  )
  const labels = Int32Array.from(await Promise.all(rows))
  return source.labels === undefined ? { samples } : { samples, labels: ndarray('int32', [indices.length], labels) }
}

function checkInteger(code: string, what: string, value: number, minimum: number): void {
  if (Number.isSafeInteger(value) && value >= minimum) return
  throw new ConfigurationError({ code, message: `${what} is an integer of at least ${minimum}, not ${value}.` })
}

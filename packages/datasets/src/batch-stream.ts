import {
  type Batch,
  type BatchOptions,
  ConfigurationError,
  ndarray,
  RandomStream,
  type Shard,
  sizeOfShape,
  type TypedArray,
} from '@gantry/core'
import { SampleOrder } from './sample-order.ts'
import type { SampleSource } from './sample-source.ts'

/** What a stream needs of a source. */
export type StreamedSource = Pick<SampleSource, 'size' | 'fields' | 'readAhead' | 'read'>

/** Random numbers that are kept for each place of a stream: no source draws more for a sample. */
const NUMBERS_A_SAMPLE = 4

/**
 * The endless stream of shuffled batches that {@link Dataset.batches} promises, over any source.
 *
 * Batch `b` holds positions `b * batchSize …` of the {@link SampleOrder}: it depends on nothing that was read before,
 * so a stream started with `from` equals the uninterrupted one. A shard reads its own rows of it and no others. With `augment` a
 * source is given random numbers for each sample, which depend on the seed and its position alone.
 *
 * @throws ConfigurationError `BATCH_SIZE_INVALID`, `BATCH_INDEX_INVALID`, `SHARD_INVALID`, `SEED_INVALID`, at the call and not
 * at the first batch. What `source.read` throws ends the stream.
 */
export function streamBatches(source: StreamedSource, options: BatchOptions): AsyncIterableIterator<Batch> {
  const { batchSize, seed, from = 0, shard = { index: 0, count: 1 }, augment = false } = options
  checkInteger('BATCH_SIZE_INVALID', 'A batch size', batchSize, 1)
  checkInteger('BATCH_INDEX_INVALID', 'The index of the first batch', from, 0)
  checkShard(shard, batchSize)
  const order = new SampleOrder(seed, source.size)
  const randomAt = (position: number) => new RandomStream(seed, 'augment').seek(NUMBERS_A_SAMPLE * position)
  const read = (batch: number) => {
    const first = batch * batchSize
    const indices = order.slice(first, batchSize).filter((_, row) => row % shard.count === shard.index)
    const randomOf = (row: number) => randomAt(first + shard.index + row * shard.count)
    return readBatch(source, indices, augment ? randomOf : undefined)
  }
  return readAhead(read, source.readAhead, from)
}

async function* readAhead(
  read: (batch: number) => Promise<Batch>,
  ahead: number,
  from: number,
): AsyncGenerator<Batch, void> {
  const pending: Promise<Batch>[] = []
  try {
    for (let next = from; ; ) {
      while (pending.length <= ahead) {
        const batch = read(next++)
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

/**
 * The samples of these numbers, in this order: [indices, ...shape] by field.
 *
 * @param randomOf random numbers for each row, where images are to be moved
 */
export async function readBatch(
  source: Pick<StreamedSource, 'fields' | 'read'>,
  indices: ArrayLike<number>,
  randomOf?: (row: number) => RandomStream,
): Promise<Batch> {
  const arrays = Object.entries(source.fields).map(([name, { dtype, shape }]) => ({
    name,
    length: sizeOfShape(shape),
    array: ndarray(dtype, [indices.length, ...shape]),
  }))
  const targetsOf = (row: number) => {
    const targets: Record<string, TypedArray> = {}
    for (const { name, length, array } of arrays) {
      targets[name] = array.data.subarray(row * length, (row + 1) * length)
    }
    return targets
  }
  await Promise.all(Array.from(indices, (index, row) => source.read(index, targetsOf(row), randomOf?.(row))))
  return Object.fromEntries(arrays.map(({ name, array }) => [name, array]))
}

function checkInteger(code: string, what: string, value: number, minimum: number): void {
  if (Number.isSafeInteger(value) && value >= minimum) return
  throw new ConfigurationError({ code, message: `${what} is an integer of at least ${minimum}, not ${value}.` })
}

function checkShard({ index, count }: Shard, batchSize: number): void {
  const isCount = Number.isInteger(count) && count >= 1 && count <= batchSize
  if (isCount && Number.isInteger(index) && index >= 0 && index < count) return
  throw new ConfigurationError({
    code: 'SHARD_INVALID',
    message: isCount
      ? `Shards of ${count} are numbered from 0 to ${count - 1}, but the index is ${index}.`
      : `A batch of ${batchSize} can be cut into 1 to ${batchSize} shards, not ${count}.`,
    fix: isCount ? 'Number the replicas from 0.' : 'Use fewer replicas, or a larger batch.',
  })
}

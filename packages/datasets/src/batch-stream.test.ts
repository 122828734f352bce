import { type Batch, ConfigurationError } from '@gantry/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { streamBatches } from './batch-stream.ts'
import type { SampleSource } from './sample-source.ts'

/** Sample i is [i, -i], its label i mod 3. */
function counting(size: number, options: Partial<SampleSource> = {}): SampleSource {
  return {
    size,
    sampleShape: [2],
    labels: ['a', 'b', 'c'],
    readAhead: 0,
    read(index, target) {
      target.set([index, -index])
      return index % 3
    },
    ...options,
  }
}

async function take(stream: AsyncIterableIterator<Batch>, count: number): Promise<Batch[]> {
  const batches: Batch[] = []
  for await (const batch of stream) if (batches.push(batch) === count) break
  return batches
}

const indicesOf = (batches: Batch[]) =>
  batches.flatMap(({ samples }) => [...samples.data].filter((_, position) => position % 2 === 0))

describe('streamBatches', () => {
  it('gives shapes, samples and labels that belong together', async () => {
    const [batch] = await take(streamBatches(counting(50), { batchSize: 7, seed: 1 }), 1)
    expect(batch!.samples.shape).toEqual([7, 2])
    expect(batch!.labels!.shape).toEqual([7])
    const indices = indicesOf([batch!])
    expect([...batch!.labels!.data]).toEqual(indices.map((index) => index % 3))
    expect([...batch!.samples.data]).toEqual(indices.flatMap((index) => [index, -index]))
  })

  it('leaves labels out for a source without', async () => {
    const { labels: _, ...unlabelled } = counting(50)
    const [batch] = await take(streamBatches(unlabelled, { batchSize: 7, seed: 1 }), 1)
    expect(batch).not.toHaveProperty('labels')
  })

  it('visits every sample exactly once an epoch, in another order each time', async () => {
    const indices = indicesOf(await take(streamBatches(counting(50), { batchSize: 7, seed: 1 }), 22))
    const epochs = [0, 1, 2].map((epoch) => indices.slice(50 * epoch, 50 * (epoch + 1)))
    const all = Array.from({ length: 50 }, (_, index) => index)
    for (const epoch of epochs) expect(epoch.toSorted((left, right) => left - right)).toEqual(all)
    expect(new Set(epochs.map(String)).size).toBe(3)
    expect(epochs).not.toContainEqual(all)
  })

  it('repeats itself for a seed and differs for another', async () => {
    const first = (seed: number) => take(streamBatches(counting(50), { batchSize: 8, seed }), 20).then(indicesOf)
    expect(await first(4)).toEqual(await first(4))
    expect(await first(4)).not.toEqual(await first(5))
  })

  it.each([
    { batchSize: 8, size: 50 },
    { batchSize: 1, size: 3 },
    { batchSize: 25, size: 4 },
  ])('resumes anywhere, with batches of $batchSize of $size samples', async ({ batchSize, size }) => {
    const whole = await take(streamBatches(counting(size, { readAhead: 2 }), { batchSize, seed: 9 }), 20)
    for (const from of [1, 6, 7, 13]) {
      expect(await take(streamBatches(counting(size), { batchSize, seed: 9, from }), 20 - from)).toEqual(
        whole.slice(from),
      )
    }
  })

  it('fills batches larger than the data set from the next epochs', async () => {
    const indices = indicesOf(await take(streamBatches(counting(4), { batchSize: 10, seed: 1 }), 2))
    expect(indices.length).toBe(20)
    for (let epoch = 0; epoch < 5; epoch++) {
      expect(indices.slice(4 * epoch, 4 * epoch + 4).toSorted()).toEqual([0, 1, 2, 3])
    }
  })

  it('refuses impossible options at the call', () => {
    const call = (options: object) => () => streamBatches(counting(5), { batchSize: 2, seed: 1, ...options })
    expect(call({ batchSize: 0 })).toThrow(ConfigurationError)
    expect(call({ batchSize: 0 })).toThrow('A batch size is an integer of at least 1, not 0.')
    expect(call({ batchSize: 2.5 })).toThrow(/not 2.5/)
    expect(call({ from: -1 })).toThrow('The index of the first batch is an integer of at least 0, not -1.')
    expect(call({ seed: -1 })).toThrow(/seed/)
  })
})

describe('reading ahead', () => {
  const rejections: unknown[] = []
  const record = (reason: unknown) => rejections.push(reason)
  beforeEach(() => process.on('unhandledRejection', record))
  afterEach(() => {
    process.off('unhandledRejection', record)
    expect(rejections.splice(0)).toEqual([])
  })
  const settle = () => new Promise((done) => setTimeout(done, 20))

  it('starts the next batches while the consumer works, and no more', async () => {
    let reads = 0
    const source = counting(100, { readAhead: 2, read: async () => ++reads })
    const stream = streamBatches(source, { batchSize: 4, seed: 1 })
    await settle()
    expect(reads).toBe(0)
    await stream.next()
    await settle()
    expect(reads).toBe(12)
    await stream.next()
    await settle()
    expect(reads).toBe(16)
    await stream.return!()
  })

  it('waits at return for what is under way, and reads nothing afterwards', async () => {
    let started = 0
    let finished = 0
    const read = async () => {
      started++
      await settle()
      return ++finished
    }
    for await (const _ of streamBatches(counting(100, { readAhead: 2, read }), { batchSize: 4, seed: 1 })) break
    expect({ started, finished }).toEqual({ started: 12, finished: 12 })
    await settle()
    expect(started).toBe(12)
  })

  it('reports a failure when its batch is asked for, once, and then ends', async () => {
    let reads = 0
    const read = async () => {
      if (++reads > 4) throw new Error(`read ${reads}`)
      return 0
    }
    const stream = streamBatches(counting(100, { readAhead: 2, read }), { batchSize: 4, seed: 1 })
    await stream.next()
    await settle()
    await expect(stream.next()).rejects.toThrow('read 5')
    expect(await stream.next()).toEqual({ done: true, value: undefined })
  })

  it('leaves no rejection behind when the consumer stops before a failed batch', async () => {
    let reads = 0
    const read = async () => {
      if (++reads > 4) throw new Error('late')
      return 0
    }
    for await (const _ of streamBatches(counting(100, { readAhead: 2, read }), { batchSize: 4, seed: 1 })) break
    await settle()
  })
})

import { type Batch, ConfigurationError, labelField, pointsField } from '@gantry/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type StreamedSource, streamBatches } from './batch-stream.ts'
import { floats, integers } from './testing/values-of.ts'

/** Sample i is [i, -i], its label i mod 3. */
function counting(size: number, options: Partial<StreamedSource> = {}): StreamedSource {
  return {
    size,
    fields: { points: pointsField([2]), label: labelField(['a', 'b', 'c']) },
    readAhead: 0,
    read(index, { points, label }) {
      ;(points as Float32Array).set([index, -index])
      ;(label as Int32Array)[0] = index % 3
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
  batches.flatMap((batch) => [...floats(batch, 'points')].filter((_, position) => position % 2 === 0))

describe('streamBatches', () => {
  it('gives every field its shape and dtype, in rows that belong together', async () => {
    const [batch] = await take(streamBatches(counting(50), { batchSize: 7, seed: 1 }), 1)
    expect(batch).toMatchObject({ points: { dtype: 'float32', shape: [7, 2] }, label: { dtype: 'int32', shape: [7] } })
    const indices = indicesOf([batch!])
    expect([...integers(batch!)]).toEqual(indices.map((index) => index % 3))
    expect([...floats(batch!, 'points')]).toEqual(indices.flatMap((index) => [index, -index]))
  })

  it('has the fields of its source and no others', async () => {
    const unlabelled = counting(50, { fields: { points: pointsField([2]) }, read() {} })
    const [batch] = await take(streamBatches(unlabelled, { batchSize: 7, seed: 1 }), 1)
    expect(Object.keys(batch!)).toEqual(['points'])
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

describe('shards', () => {
  it.each([1, 2, 3, 8])('of %i are together the whole batch, row by row', async (count) => {
    const options = { batchSize: 8, seed: 4, from: 3 }
    const whole = await take(streamBatches(counting(50), options), 10)
    const shards = await Promise.all(
      Array.from({ length: count }, (_, index) =>
        take(streamBatches(counting(50), { ...options, shard: { index, count } }), 10),
      ),
    )
    for (const [place, batch] of whole.entries()) {
      const parts = shards.map((shard) => indicesOf([shard[place]!]))
      const interleaved = Array.from({ length: 8 }, (_, row) => parts[row % count]![Math.floor(row / count)])
      expect(interleaved).toEqual(indicesOf([batch]))
      for (const shard of shards) {
        expect([...integers(shard[place]!)]).toEqual(indicesOf([shard[place]!]).map((index) => index % 3))
      }
    }
  })

  it('read only their own rows', async () => {
    const read: number[] = []
    const source = counting(50, { read: (index) => void read.push(index) })
    const [whole] = await take(streamBatches(counting(50), { batchSize: 10, seed: 1 }), 1)
    await take(streamBatches(source, { batchSize: 10, seed: 1, shard: { index: 1, count: 4 } }), 1)
    expect(read).toEqual([1, 5, 9].map((row) => indicesOf([whole!])[row]))
  })

  it.each([
    [{ index: 2, count: 2 }, 'Shards of 2 are numbered from 0 to 1, but the index is 2.'],
    [{ index: -1, count: 2 }, 'but the index is -1'],
    [{ index: 0.5, count: 2 }, 'but the index is 0.5'],
    [{ index: 0, count: 5 }, 'A batch of 4 can be cut into 1 to 4 shards, not 5.'],
    [{ index: 0, count: 0 }, 'not 0'],
    [{ index: 0, count: 1.5 }, 'not 1.5'],
  ])('refuse %j', (shard, message) => {
    const call = () => streamBatches(counting(50), { batchSize: 4, seed: 1, shard })
    expect(call).toThrow(expect.objectContaining({ code: 'SHARD_INVALID', exitCode: 2 }))
    expect(call).toThrow(message)
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
    const source = counting(100, { readAhead: 2, read: async () => void reads++ })
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
      finished++
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
    }
    for await (const _ of streamBatches(counting(100, { readAhead: 2, read }), { batchSize: 4, seed: 1 })) break
    await settle()
  })
})

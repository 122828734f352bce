import { type Batch, ndarray, type Phase, type Shard, type TrainingSession } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import { shareOf } from './batch-share.ts'
import { MemoryRecord } from './memory-record.ts'
import { PhaseFeeds } from './phase-feeds.ts'
import { tinyConfig } from './testing/tiny-config.ts'
import { tinyDataset } from './testing/tiny-dataset.ts'
import { TinySession, tinyModel } from './testing/tiny-session.ts'
import { train } from './train.ts'

const shard = (index: number, count = 2): Shard => ({ index, count })

describe('a shared batch', () => {
  const phase = (rows: number): Phase<unknown> => ({
    name: 'generator',
    feeds: {
      // An odd length: normal numbers are drawn in pairs, which must not straddle two rows.
      latent: { dtype: 'float32', shape: [rows, 3], source: { from: 'random', distribution: 'normal' } },
      cutoff: { dtype: 'float32', shape: [], source: { from: 'random', distribution: 'uniform' } },
      colours: { dtype: 'float32', shape: [5], source: { from: 'random', distribution: 'uniform' } },
    },
    program: undefined,
    every: 1,
  })
  const drawn = (index: number, count: number, step: number) =>
    new PhaseFeeds(phase(8 / count), { seed: 3, share: shareOf(shard(index, count), 8) }).at(step, {})

  it.each([0, 1, 7])('draws the rows of one draw, interleaved, at step %i', (step) => {
    const whole = drawn(0, 1, step).latent!.data as Float32Array
    const rowOf = (data: Float32Array, row: number) => [...data.subarray(row * 3, row * 3 + 3)]
    for (const count of [2, 4]) {
      const shares = Array.from({ length: count }, (_, index) => drawn(index, count, step).latent!)
      expect(shares[0]!.shape).toEqual([8 / count, 3])
      const joined = Array.from({ length: 8 }, (_, row) =>
        rowOf(shares[row % count]!.data as Float32Array, Math.floor(row / count)),
      )
      expect(joined).toEqual(Array.from({ length: 8 }, (_, row) => rowOf(whole, row)))
    }
    expect(new Set(whole).size).toBe(24)
  })

  it('draws rows that no other step has', () => {
    const all = [0, 1, 2].flatMap((step) => [0, 1].flatMap((index) => [...drawn(index, 2, step).latent!.data]))
    expect(new Set(all).size).toBe(3 * 24)
  })

  it('draws for all replicas alike what is not drawn for samples', () => {
    const own = (step: number) =>
      [0, 1].map((index) => drawn(index, 2, step)).map(({ cutoff, colours }) => ({ cutoff, colours }))
    expect(own(4)[0]).toEqual(own(4)[1])
    expect(own(4)[0]).not.toEqual(own(5)[0])
    const { cutoff, colours } = new PhaseFeeds(phase(8), { seed: 3 }).at(4, {})
    expect(own(4)[0]).toEqual({ cutoff, colours })
  })

  it('is refused where its shares would differ in size', () => {
    expect(shareOf(shard(1), 8)).toEqual({ index: 1, count: 2, rows: 4 })
    for (const [own, size] of [
      [shard(0, 3), 8],
      [shard(2), 8],
      [shard(-1), 8],
    ] as const) {
      expect(() => shareOf(own, size)).toThrow(expect.objectContaining({ code: 'SHARD_UNEVEN' }))
    }
  })
})

describe('replicas of a run', () => {
  const batchSize = 8
  const names = ['kernel', 'direction']

  /** Averages what both replicas have, once both ask. */
  function exchange() {
    const waiting: { session: TrainingSession; done: () => void }[] = []
    return async (session: TrainingSession, gathers: readonly string[]): Promise<void> => {
      const own = new Promise<void>((done) => waiting.push({ session, done }))
      if (waiting.length === 2) {
        const both = waiting.splice(0)
        const states = await Promise.all(both.map((each) => each.session.readState(gathers)))
        const average = Object.fromEntries(
          gathers.map((name) => {
            const [first, second] = states.map((state) => state[name]!.data as Float32Array)
            return [
              name,
              ndarray(
                'float32',
                states[0]![name]!.shape,
                first!.map((value, at) => (value + second![at]!) / 2),
              ),
            ]
          }),
        )
        await Promise.all(both.map((each) => each.session.writeState(average, { partly: true })))
        for (const { done } of both) done()
      }
      await own
    }
  }

  /** A model for a share of the batch, whose phases gather the weights of the phase before. */
  function replica(share: Shard, log: string[], meet = exchange()) {
    const options = { batchSize: batchSize / share.count, shape: [2] }
    const { phases, ...rest } = tinyModel(options)
    const gathering = phases.map((phase) => (phase.name === 'decay' ? phase : { ...phase, gathers: names }))
    const session = new TinySession(options)
    const run = session.run.bind(session)
    session.run = (phase, feeds) => {
      log.push(phase)
      return run(phase, feeds)
    }
    const between = async ({ name, gathers }: Phase<unknown>, own: TrainingSession) => {
      expect(own).toBe(session)
      log.push(`between ${name}`)
      if (share.count > 1) await meet(own, gathers!)
    }
    const config = tinyConfig({ steps: 20, batchSize })
    const common = { dataset: tinyDataset([2]), record: new MemoryRecord(), config, observers: [], between }
    return { session, training: train({ model: { ...rest, phases: gathering }, session, shard: share, ...common }) }
  }

  it('gather before the phases that say so, and before no other', async () => {
    const log: string[] = []
    await replica(shard(0, 1), log).training
    const [d, g] = ['discriminator', 'generator']
    expect(log.slice(0, 9)).toEqual([
      `between ${d}`,
      d,
      'decay',
      `between ${g}`,
      g,
      `between ${d}`,
      d,
      `between ${g}`,
      g,
    ])
  })

  it('train one model together: two on halves of each batch as one on whole ones, but for rounding', async () => {
    const one = replica(shard(0, 1), [])
    await one.training
    const meet = exchange()
    const two = [0, 1].map((index) => replica(shard(index), [], meet))
    const outcomes = await Promise.all(two.map(({ training }) => training))
    expect(outcomes.map(({ step, outcome }) => [step, outcome])).toEqual([
      [20, 'finished'],
      [20, 'finished'],
    ])
    const states = await Promise.all([one, ...two].map(({ session }) => session.readState(['direction'])))
    const [whole, ...halves] = states.map(({ direction }) => Array.from(direction!.data, Number))
    // The last phase has moved each on its own share: their mean is what the next would have begun with.
    const mean = halves[0]!.map((value, at) => (value + halves[1]![at]!) / 2)
    expect(mean).toEqual(whole!.map((value) => expect.closeTo(value, 5)))
    expect(Math.abs(whole![0]!)).toBeGreaterThan(0.01)
  })

  it('read their own rows of the data', async () => {
    const rowsOf = async (own?: Shard) => {
      const batches = tinyDataset([2]).batches({ batchSize: 4, seed: 1, from: 3, ...(own && { shard: own }) })
      const { value } = (await batches.next()) as { value: Batch }
      const data = value.points!.data as Float32Array
      return Array.from({ length: data.length / 2 }, (_, row) => [...data.subarray(2 * row, 2 * row + 2)])
    }
    const [whole, first, second] = await Promise.all([rowsOf(), rowsOf(shard(0)), rowsOf(shard(1))])
    expect([first![0], second![0], first![1], second![1]]).toEqual(whole)
  })
})

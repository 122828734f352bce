import { float32, type ModelManifest, TrainingError } from '@gantry/core'
import { describe, expect, it, vi } from 'vitest'
import { usualLimits } from '../limits.ts'
import { type Arrays, BatchQueue } from './batch-queue.ts'
import { type Generator, WorkerPool } from './worker-pool.ts'

const lost = () => new TrainingError({ code: 'WORKER_LOST', message: 'The worker thread is gone.' })

/** Generators that double `x`, and whose runs end when the test says so. */
async function fakes({ workers = 1, ...limits }: Partial<typeof usualLimits> & { workers?: number } = {}) {
  const runs: { inputs: Arrays; worker: number; finish: (error?: Error) => void }[] = []
  let started = 0
  const pool = await WorkerPool.start(async (): Promise<Generator> => {
    const worker = started++
    const evaluate = (inputs: Arrays) =>
      new Promise<Arrays>((resolve, reject) => {
        const { shape, data } = inputs.x!
        const doubled = {
          y: float32(
            shape,
            Array.from(data as Float32Array, (value) => 2 * value),
          ),
        }
        runs.push({ inputs, worker, finish: (error) => (error ? reject(error) : resolve(doubled)) })
      })
    return { manifest: {} as ModelManifest, evaluate, dispose: async () => {} }
  }, workers)
  const queue = new BatchQueue(pool, { ...usualLimits, largestBatch: 4, longestWait: 1e6, ...limits })
  const askAll = (rows: readonly number[], signal?: AbortSignal) => {
    const answer = queue
      .run({ x: float32([rows.length, 1], rows) }, signal)
      .then(({ y }) => Array.from(y!.data, Number))
    // One that a test leaves unanswered is late in the middle of another test.
    answer.catch(() => undefined)
    return answer
  }
  const ask = (value: number, signal?: AbortSignal) => askAll([value], signal)
  return { pool, queue, runs, ask, askAll, started: () => started }
}

/** After all that can happen by itself. */
const settled = async () => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}

const values = ({ inputs }: { inputs: Arrays }) => Array.from(inputs.x!.data, Number)

describe('BatchQueue', () => {
  it('sends a lone request at once, and fills the next batch behind it', async () => {
    const { runs, ask } = await fakes()
    const answers = [ask(1)]
    await settled()
    answers.push(ask(2), ask(3))
    await settled()
    expect(runs.map(values)).toEqual([[1]])
    answers.push(ask(4), ask(5), ask(6))
    await settled()
    // Full: it waits at the worker. The rest waits here.
    expect(runs.map(values)).toEqual([[1], [2, 3, 4, 5]])
    runs[0]!.finish()
    runs[1]!.finish()
    await settled()
    expect(values(runs[2]!)).toEqual([6])
    runs[2]!.finish()
    expect(await Promise.all(answers)).toEqual([[2], [4], [6], [8], [10], [12]])
  })

  it('makes batches larger where samples are quick', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    try {
      for (const [milliseconds, rows] of [
        [0.05, 96],
        [2, 32],
      ] as const) {
        const { runs, askAll } = await fakes({ largestBatch: 96 })
        const askFor = (count: number) => void askAll(new Array<number>(count).fill(1))
        // Until it knows how long they take.
        for (let batch = 0; batch < 60; batch++) {
          askFor(32)
          await settled()
          vi.advanceTimersByTime(32 * milliseconds)
          runs[batch]!.finish()
          await settled()
        }
        for (let request = 0; request < 12; request++) askFor(16)
        await settled()
        expect(runs.at(-1)!.inputs.x!.shape).toEqual([rows, 1])
      }
    } finally {
      vi.useRealTimers()
    }
  })

  it('does not wait longer than it may', async () => {
    const { runs, ask } = await fakes({ longestWait: 5 })
    void ask(1)
    await settled()
    void ask(2)
    await expect.poll(() => runs.map(values)).toEqual([[1], [2]])
  })

  it('gives every worker something to do, and joins only what has one size', async () => {
    const { runs, queue } = await fakes({ workers: 2 })
    for (const width of [1, 2, 1]) {
      queue.run({ x: float32([1, width], new Array(width).fill(width)) }).catch(() => undefined)
    }
    await settled()
    expect(runs.map(({ worker, inputs }) => [worker, inputs.x!.shape])).toEqual([
      [0, [2, 1]],
      [1, [1, 2]],
    ])
  })

  it('refuses what is too much, and says when to come again', async () => {
    const { ask, queue, runs } = await fakes({ queue: 3, largestBatch: 1 })
    const answers = Array.from({ length: 3 }, (_, index) => ask(index))
    await expect(ask(9)).rejects.toMatchObject({ code: 'OVERLOADED', status: 429, retryAfter: expect.any(Number) })
    await settled()
    // Two are at the worker, and have left their places.
    expect(queue.depth).toBe(1)
    for (let index = 0; index < 3; index++) {
      await expect.poll(() => runs.length).toBeGreaterThan(index)
      runs[index]!.finish()
    }
    await Promise.all(answers)
    expect(queue.depth).toBe(0)
  })

  it('refuses what would be given up before its turn, by the time that samples take', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    try {
      const { ask, queue, runs } = await fakes({ largestBatch: 1, milliseconds: 1000 })
      const finish = async (index: number) => {
        await vi.advanceTimersByTimeAsync(300)
        runs[index]!.finish()
        await settled()
      }
      // Before anything has been made nobody knows; the second, behind the first, takes no longer than it.
      const first = [ask(1), ask(2)]
      await settled()
      await finish(0)
      await finish(1)
      await Promise.all(first)
      // Two at the worker, and one that waits, take 300 ms each: another would wait for longer than it may.
      const next = [ask(1), ask(2)]
      await settled()
      next.push(ask(3))
      expect(queue.depth).toBe(1)
      await expect(ask(9)).rejects.toMatchObject({ code: 'OVERLOADED', retryAfter: 1 })
      for (const index of [2, 3, 4]) await finish(index)
      await Promise.all(next)
    } finally {
      vi.useRealTimers()
    }
  })

  it('gives the place of a client that goes away free', async () => {
    const { ask, queue, runs } = await fakes({ largestBatch: 1 })
    const [first, second] = [ask(1), ask(2)]
    const away = new AbortController()
    const third = ask(3, away.signal)
    await settled()
    expect(queue.depth).toBe(1)
    away.abort()
    await expect(third).rejects.toThrow(/aborted/)
    expect(queue.depth).toBe(0)
    for (const run of runs) run.finish()
    expect(await Promise.all([first, second])).toEqual([[2], [4]])
    expect(runs).toHaveLength(2)
  })

  it('gives up what takes too long, waiting or under way, and goes on', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    try {
      const { ask, queue, runs } = await fakes({ largestBatch: 1, milliseconds: 30 })
      const late = Promise.allSettled([ask(1), ask(2), ask(3)])
      await vi.advanceTimersByTimeAsync(20)
      const next = ask(4)
      await vi.advanceTimersByTimeAsync(15)
      const reason = expect.objectContaining({ code: 'TIMED_OUT', status: 504 })
      expect(await late).toEqual(new Array(3).fill({ status: 'rejected', reason }))
      // What is at the worker already cannot be called back; nobody hears of it.
      for (const run of runs) run.finish(lost())
      await settled()
      expect(runs.map(values)).toEqual([[1], [2], [4]])
      runs[2]!.finish()
      expect([await next, queue.depth]).toEqual([[8], 0])
      await queue.drained()
    } finally {
      vi.useRealTimers()
    }
  })

  it('replaces a worker that dies, and tries its requests once more', async () => {
    const { ask, runs, pool, started } = await fakes()
    const answer = ask(7)
    await settled()
    runs[0]!.finish(lost())
    await settled()
    expect([started(), pool.alive]).toEqual([2, 1])
    expect([runs[1]!.worker, values(runs[1]!)]).toEqual([1, [7]])
    runs[1]!.finish()
    expect(await answer).toEqual([14])

    const twice = ask(8)
    await settled()
    runs[2]!.finish(lost())
    await settled()
    runs[3]!.finish(lost())
    await expect(twice).rejects.toMatchObject({ code: 'WORKER_LOST' })
  })

  it('lets nobody pay for a request of others that fails', async () => {
    const { ask, runs } = await fakes()
    const answers = [ask(1), ask(2)]
    const outcomes = Promise.allSettled(answers)
    await settled()
    expect(values(runs[0]!)).toEqual([1, 2])
    runs[0]!.finish(new Error('The graph failed.'))
    await settled()
    expect(runs.slice(1).map(values)).toEqual([[1], [2]])
    runs[1]!.finish(new Error('It was this one.'))
    runs[2]!.finish()
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
  })
})

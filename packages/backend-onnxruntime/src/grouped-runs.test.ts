import { float32, type NDArray, TrainingError } from '@gantry/core'
import { describe, expect, test } from 'vitest'
import { encodeError } from './error-codec.ts'
import { GroupedRuns, LARGEST_GROUP } from './grouped-runs.ts'
import type { InferenceHost, RunOutcome } from './inference-host.ts'
import type { WorkerClient } from './worker-client.ts'

type Feeds = Readonly<Record<string, NDArray>>

/** A worker whose groups end when the test says so. */
class ManualWorker {
  readonly groups: (readonly number[])[] = []
  readonly #answers: ((milliseconds: number) => void)[] = []

  call(_method: 'runAll', group: readonly Feeds[]) {
    const numbers = group.map(({ x }) => x!.data[0] as number)
    this.groups.push(numbers)
    return new Promise((resolve, reject) => {
      this.#answers.push((milliseconds) => {
        if (milliseconds < 0) reject(new TrainingError({ code: 'WORKER_LOST', message: 'Gone.' }))
        const outcomes = numbers.map((number): RunOutcome => {
          if (number < 0)
            return { error: encodeError(new TrainingError({ code: 'RUN_FAILED', message: `${number}.` })) }
          return { outputs: { y: float32([], [10 * number]) } }
        })
        resolve({ milliseconds, outcomes })
      })
    })
  }

  /** Ends the oldest group, and waits until whatever follows has been sent. */
  async answer(milliseconds: number): Promise<void> {
    this.#answers.shift()!(milliseconds)
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
  }
}

function start() {
  const worker = new ManualWorker()
  const runs = new GroupedRuns(worker as unknown as WorkerClient<InferenceHost>)
  const results: (number | string)[] = []
  const run = (number: number) => {
    runs.run({ x: float32([], [number]) }).then(
      ({ y }) => results.push(y!.data[0] as number),
      (error) => results.push(error.code),
    )
  }
  return { worker, run, results }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('GroupedRuns', () => {
  test('sends one run at once, the next beside it, and short ones that wait together', async () => {
    const { worker, run, results } = start()
    for (const number of [1, 2, 3, 4, 5, 6, 7, 8]) run(number)
    expect(worker.groups).toEqual([[1]])
    await turn()
    expect(worker.groups).toEqual([[1], [2]])
    await worker.answer(5)
    expect(worker.groups).toEqual([[1], [2], [3, 4, 5, 6]])
    await worker.answer(25)
    // Of 25 ms: one at a time. None waits for more than 40 ms.
    expect(worker.groups.slice(3)).toEqual([[7]])
    await worker.answer(4 * 14)
    expect(worker.groups.slice(4)).toEqual([[8]])
    await worker.answer(14)
    await worker.answer(14)
    expect(results).toEqual([10, 20, 30, 40, 50, 60, 70, 80])
    expect(LARGEST_GROUP).toBe(4)
  })

  test('waits for the calls of those who got a result', async () => {
    const { worker, run } = start()
    for (const number of [1, 2]) run(number)
    await turn()
    const answered = worker.answer(1)
    run(3)
    run(4)
    await answered
    expect(worker.groups).toEqual([[1], [2], [3, 4]])
  })

  test('rejects the run that failed, and all of a group that was lost', async () => {
    const { worker, run, results } = start()
    for (const number of [1, 2]) run(number)
    await turn()
    await worker.answer(1)
    for (const number of [3, -4, 5]) run(number)
    await worker.answer(1)
    await worker.answer(1)
    expect(worker.groups).toEqual([[1], [2], [3, -4, 5]])
    expect(results).toEqual([10, 20, 30, 'RUN_FAILED', 50])
    for (const number of [6, 7]) run(number)
    await turn()
    await worker.answer(-1)
    await worker.answer(1)
    expect(results.slice(5)).toEqual(['WORKER_LOST', 70])
  })

  test('lets long runs go one by one', async () => {
    const { worker, run } = start()
    for (const number of [1, 2, 3]) run(number)
    await turn()
    await worker.answer(100)
    expect(worker.groups).toEqual([[1], [2], [3]])
  })
})

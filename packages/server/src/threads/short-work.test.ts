import { expect, it } from 'vitest'
import { ShortWork } from './short-work.ts'

/** Keeps the thread for so long. */
function busy(milliseconds: number): void {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

it('is done at once while there is little of it, and what it gives or throws is told', async () => {
  const work = new ShortWork(1000)
  const done: number[] = []
  const promises = [1, 2, 3].map((number) =>
    work.run(() => {
      done.push(number)
      return number * 10
    }),
  )
  expect(done).toEqual([1, 2, 3])
  expect(await Promise.all(promises)).toEqual([10, 20, 30])
  const failure = new Error('no')
  await expect(
    work.run(() => {
      throw failure
    }),
  ).rejects.toBe(failure)
  await expect(work.run(() => Promise.reject(failure))).rejects.toBe(failure)
})

it('leaves turns of the event loop between much of it, and keeps its order', async () => {
  const work = new ShortWork(4)
  const done: number[] = []
  const all = Promise.all(
    Array.from({ length: 12 }, (_, number) =>
      work.run(() => {
        busy(2)
        done.push(number)
        return number
      }),
    ),
  )
  // Two of two milliseconds are a turn's share; the first that finds it used up waits.
  expect(done.length).toBeLessThanOrEqual(3)
  let turns = 0
  while (done.length < 12) {
    await turn()
    turns++
  }
  expect(turns).toBeGreaterThanOrEqual(4)
  expect(done).toEqual(Array.from({ length: 12 }, (_, number) => number))
  expect(await all).toEqual(done)
})

it('that comes later waits behind what waits already, and a failure holds nobody up', async () => {
  const work = new ShortWork(1)
  const done: string[] = []
  const job = (name: string) => () => {
    busy(2)
    done.push(name)
    if (name === 'second') throw new Error(name)
  }
  const first = work.run(job('first'))
  const second = work.run(job('second'))
  const third = work.run(job('third'))
  await first
  const last = work.run(job('last'))
  expect(done).toEqual(['first'])
  await expect(second).rejects.toThrow('second')
  await Promise.all([third, last])
  expect(done).toEqual(['first', 'second', 'third', 'last'])
})

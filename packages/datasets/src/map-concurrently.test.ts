import { describe, expect, it } from 'vitest'
import { mapConcurrently } from './map-concurrently.ts'

const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds))
const items = Array.from({ length: 20 }, (_, index) => index)

describe('mapConcurrently', () => {
  it('keeps the order of the items and the limit', async () => {
    let running = 0
    let most = 0
    const results = await mapConcurrently(items, 4, async (item) => {
      most = Math.max(most, ++running)
      await pause((item * 7) % 5)
      running--
      return item * 2
    })
    expect(results).toEqual(items.map((item) => item * 2))
    expect(most).toBe(4)
  })

  it('starts nothing after an error', async () => {
    let started = 0
    const work = mapConcurrently(items, 4, async (item) => {
      started++
      await pause(1)
      if (item === 2) throw new Error('third')
    })
    await expect(work).rejects.toThrow('third')
    await pause(20)
    expect(started).toBeLessThanOrEqual(8)
  })

  it('starts nothing after an abort', async () => {
    const controller = new AbortController()
    let started = 0
    const work = mapConcurrently(
      items,
      2,
      async () => {
        if (++started === 5) controller.abort('enough')
        await pause(1)
      },
      controller.signal,
    )
    await expect(work).rejects.toBe('enough')
    expect(started).toBeLessThanOrEqual(6)
  })
})

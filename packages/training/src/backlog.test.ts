import { describe, expect, it } from 'vitest'
import { Backlog } from './backlog.ts'

const idle = () => new Promise((resolve) => setImmediate(resolve))

describe('Backlog', () => {
  it('begins tasks one after another, and says how many are unfinished', async () => {
    const backlog = new Backlog()
    const log: string[] = []
    const ends: (() => void)[] = []
    for (const name of ['a', 'b']) {
      backlog.add(async () => {
        log.push(name)
        await new Promise<void>((resolve) => ends.push(resolve))
      })
    }
    await backlog.atMost(2)
    const one = backlog.atMost(1).then(() => log.push('one left'))
    const none = backlog.atMost(0).then(() => log.push('none left'))
    await idle()
    expect(log).toEqual(['a'])
    ends[0]!()
    await one
    await idle()
    ends[1]!()
    await none
    expect(log).toEqual(['a', expect.anything(), expect.anything(), 'none left'])
    expect(log.slice(1, 3).sort()).toEqual(['b', 'one left'])
  })

  it('begins nothing after the first error, and tells everyone of it', async () => {
    const backlog = new Backlog()
    let began = false
    backlog.add(async () => {
      throw new Error('disk full')
    })
    backlog.add(async () => {
      began = true
    })
    backlog.check()
    await idle()
    expect(() => backlog.check()).toThrow('disk full')
    await expect(backlog.atMost(1)).rejects.toThrow('disk full')
    await expect(backlog.atMost(0)).rejects.toThrow('disk full')
    await expect(backlog.atMost(0)).rejects.toThrow('disk full')
    await backlog.settle()
    expect(began).toBe(false)
  })
})

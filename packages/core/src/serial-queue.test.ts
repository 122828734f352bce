import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { SerialQueue } from './serial-queue.ts'

/** Adds tasks that end when told to; `log` shows what has started and ended. */
function recorder(queue: SerialQueue) {
  const log: string[] = []
  const ends = new Map<string, (error?: Error) => void>()
  const task = (name: string) => async () => {
    log.push(name)
    await new Promise<void>((resolve, reject) => ends.set(name, (error) => (error ? reject(error) : resolve())))
    log.push(`/${name}`)
  }
  const idle = () => new Promise((resolve) => setImmediate(resolve))
  const end = async (name: string, error?: Error) => {
    ends.get(name)!(error)
    await idle()
  }
  return {
    log,
    idle,
    end,
    add: (name: string) => queue.add(task(name)),
    last: (name: string) => queue.addLast(task(name)),
  }
}

describe('SerialQueue', () => {
  it('runs one task after another, whether it succeeds or not', async () => {
    const { log, idle, end, add } = recorder(new SerialQueue())
    const failing = add('a')
    const next = add('b')
    await idle()
    expect(log).toEqual(['a'])
    const refused = expect(failing).rejects.toThrow('no')
    await end('a', new Error('no'))
    await refused
    expect(log).toEqual(['a', 'b'])
    await end('b')
    await next
  })

  it('keeps as many tasks under way as it is deep, and starts them in order', async () => {
    const { log, idle, end, add } = recorder(new SerialQueue(2))
    for (const name of ['a', 'b', 'c', 'd']) add(name)
    await idle()
    expect(log).toEqual(['a', 'b'])
    // b makes room for d only, and d waits for c, which waits for a.
    await end('b')
    expect(log).toEqual(['a', 'b', '/b'])
    await end('a')
    expect(log).toEqual(['a', 'b', '/b', '/a', 'c', 'd'])
  })

  it('starts a last task once all before it have settled', async () => {
    const { log, idle, end, add, last } = recorder(new SerialQueue(3))
    for (const name of ['a', 'b']) add(name)
    last('z')
    add('c')
    await idle()
    expect(log).toEqual(['a', 'b'])
    await end('a')
    expect(log).toEqual(['a', 'b', '/a'])
    await end('b')
    expect(log.slice(3)).toEqual(['/b', 'z', 'c'])
  })

  it('holds on to nothing that a task gave', async () => {
    setFlagsFromString('--expose-gc')
    const collectGarbage = runInNewContext('gc') as () => void
    const queue = new SerialQueue(2)
    const results: WeakRef<object>[] = []
    for (let times = 0; times < 4; times++) {
      await queue.add(async () => {
        const result = {}
        results.push(new WeakRef(result))
        return result
      })
    }
    // A weak reference is strong until its turn of the event loop ends.
    await new Promise((resolve) => setImmediate(resolve))
    collectGarbage()
    expect(results.map((result) => result.deref())).toEqual([undefined, undefined, undefined, undefined])
  })
})

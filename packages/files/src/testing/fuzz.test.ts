import { spawnSync } from 'node:child_process'
import { DataError } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import { expectClearRefusals } from './expect-clear-refusals.ts'
import { mutations } from './fuzz.ts'
import { watchdogSource } from './watchdog.ts'

const file = new TextEncoder().encode('{"name": "seed", "shape": [2, 3], "nested": {"length": 12}}')

describe('mutations', () => {
  it('are the same for a seed, differ between seeds, and leave the file alone', () => {
    const before = file.slice()
    // Buffer's own slice would not copy.
    const buffer = Buffer.from(file)
    expect([...mutations(buffer, { seed: 1, count: 300 })].map((each) => [...each])).toHaveLength(300)
    expect([...buffer]).toEqual([...before])
    const [first, again, other] = [1, 1, 2].map((seed) => [...mutations(file, { seed, count: 300 })])
    expect(first).toHaveLength(300)
    expect(again).toEqual(first)
    expect(other).not.toEqual(first)
    expect(file).toEqual(before)
  })
  it('cut, lengthen, hit every byte, and keep JSON valid often enough', () => {
    const all = [...mutations(file, { seed: 3, count: 2000 })]
    const touched = new Set(all.flatMap((each) => [...file.keys()].filter((index) => each[index] !== file[index])))
    const valid = all.filter((each) => {
      try {
        return JSON.parse(Buffer.from(each).toString())
      } catch {
        return false
      }
    })
    expect(touched.size).toBe(file.length)
    expect(all.some(({ length }) => length < file.length / 2)).toBe(true)
    expect(all.some(({ length }) => length > file.length)).toBe(true)
    expect(valid.length).toBeGreaterThan(200)
    expect(valid.some((each) => Buffer.from(each).toString().includes('"__proto__":'))).toBe(true)
  })
  it('takes an empty file', () => {
    expect([...mutations(new Uint8Array(), { seed: 1, count: 200 })]).toHaveLength(200)
  })
})

describe('expectClearRefusals', () => {
  const refuse = (message: string) => new DataError({ code: 'BROKEN', message })
  const unlessSeed = (fail: (bytes: Uint8Array) => void) => async (bytes: Uint8Array) => {
    if (Buffer.compare(bytes, file) !== 0) fail(bytes)
  }

  it('counts what is read and what is refused, by code', async () => {
    const counts = await expectClearRefusals('json', [file, file], async (bytes) => {
      if (bytes.length < file.length) throw refuse('It is cut.')
    })
    expect(counts.refused).toBeGreaterThan(0)
    expect(counts.codes).toEqual({ BROKEN: counts.refused })
    expect(counts.read + counts.refused).toBeGreaterThanOrEqual(1000)
  })
  it('names errors of JavaScript, and messages that a terminal would act on', async () => {
    const parse = unlessSeed(() => JSON.parse(' {'))
    await expect(expectClearRefusals('json', [file], parse)).rejects.toThrow(/SyntaxError/)
    const ring = async () => {
      throw Object.assign(refuse('It is cut.'), { message: 'It is \u001b[2Jcut.' })
    }
    await expect(expectClearRefusals('json', [file], ring)).rejects.toThrow(/control characters/)
  })
  it('gives up a promise that is never settled', async () => {
    let calls = 0
    const never = async () => (calls++ === 1 ? new Promise(() => {}) : undefined)
    await expect(expectClearRefusals('json', [file], never, 0.2)).rejects.toThrow(/mutation 0 .*not returned for 0.1/)
  })
  it('ends a process that computes without end, and says of what', () => {
    // As createWatchdog does: a turn that is odd, and a text.
    const script = `
      const { Worker } = require('node:worker_threads')
      const state = Int32Array.from([1, 10])
      const shared = new Int32Array(new SharedArrayBuffer(12))
      shared.set(state)
      const text = new Uint8Array(new SharedArrayBuffer(512))
      text.set(Buffer.from('mutation 7'))
      const source = process.argv[1]
      new Worker(source, { eval: true, workerData: { state: shared, text, seconds: 0.2 } }).on('online', () => { for (;;); })
    `
    const { signal, stderr } = spawnSync(process.execPath, ['-e', script, watchdogSource], {
      timeout: 30_000,
      encoding: 'utf8',
    })
    expect([signal, stderr]).toEqual([
      'SIGKILL',
      'mutation 7 has not returned for 0.2 seconds or more: the process is ended.\n',
    ])
  })
  it('names memory', async () => {
    let held: Uint8Array[] = []
    const take = unlessSeed(() => {
      held = [new Uint8Array(340e6)]
    })
    let calls = 0
    const once = async (bytes: Uint8Array) => (calls++ === 1 ? take(bytes) : undefined)
    await expect(expectClearRefusals('json', [file], once)).rejects.toThrow(/3\d\d MB more memory/)
    expect(held).toHaveLength(1)
  })
})

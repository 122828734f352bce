import { ConfigurationError, type RunEvent } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import { MemoryRecord } from './memory-record.ts'
import type { Moment, Observer } from './observer.ts'
import { logObserver } from './observers/log-observer.ts'
import { tinyConfig } from './testing/tiny-config.ts'
import { trainTiny } from './testing/tiny-run.ts'

const config = tinyConfig({ steps: 7, checkpointEvery: 100 })

/** Keeps the moments that it is shown. */
function watcher(every: number, changes: Partial<Observer> = {}) {
  const moments: Moment[] = []
  const look = async (moment: Moment) => {
    moments.push(moment)
    return undefined
  }
  return { moments, observer: { name: 'watcher', every, look, ...changes } satisfies Observer }
}

const told = (events: readonly RunEvent[]) => events.map(({ type, step }) => `${type} ${step}`)

describe('an observer', () => {
  it('looks every so many steps and at the last, at the state and scalars of that step', async () => {
    const { moments, observer } = watcher(3)
    const { state } = await trainTiny(new MemoryRecord(), config, { observers: [observer] })
    expect(moments.map(({ step, steps }) => [step, steps])).toEqual([
      [3, 7],
      [6, 7],
      [7, 7],
    ])
    expect(Object.keys(moments[0]!.scalars)).toEqual(['discriminatorLoss', 'decayRate', 'generatorLoss'])
    expect(moments[0]!.scalars).not.toEqual(moments[1]!.scalars)
    expect(moments[0]!.model.name).toBe('tiny')
    expect(moments[2]!.secondsElapsed).toBeGreaterThan(0)
    expect(moments[2]!.samplesPerSecond).toBeGreaterThan(0)
    const evaluated: unknown[] = []
    const looks: Observer = {
      name: 'kernel',
      every: 100,
      look: async ({ evaluate }) => {
        const latent = { dtype: 'float32', shape: [1, 3], data: Float32Array.of(1, 0, 0) } as const
        evaluated.push((await evaluate('generate-raw', { latent })).samples!.data)
        return undefined
      },
    }
    await trainTiny(new MemoryRecord(), config, { observers: [looks] })
    expect(evaluated).toEqual([Float32Array.from((state.kernel!.data as Float32Array).slice(0, 2), Math.tanh)])
  })

  it('tells and writes what it wants, in the order of all events, and changes nothing else', async () => {
    const scores: Observer = {
      name: 'scores',
      every: 4,
      look: async ({ step }) => {
        return async (record) => {
          await record.write(`scores/${step}`, { extension: 'txt', bytes: Uint8Array.of(step) })
          return [{ type: 'score', step, scores: { fid: step } }]
        }
      },
    }
    const [plain, watched] = [new MemoryRecord(), new MemoryRecord()]
    const log = logObserver(4)
    const expected = await trainTiny(plain, config, { observers: [log] })
    const { state } = await trainTiny(watched, config, { observers: [log, scores] })
    expect(told(watched.events)).toEqual([
      ...['start 0', 'step 4', 'score 4', 'step 7', 'score 7', 'checkpoint 7', 'end 7'],
    ])
    expect([...watched.artefacts.keys()]).toEqual(['scores/4.txt', 'scores/7.txt'])
    expect(state).toEqual(expected.state)
    const scalars = (record: MemoryRecord) =>
      record.events.flatMap((event) => (event.type === 'step' ? [event.scalars] : []))
    expect(scalars(watched)).toEqual(scalars(plain))
  })

  it('sees the scalars of its step whether or not another one takes them', async () => {
    const [before, after] = [watcher(2), watcher(2)]
    await trainTiny(new MemoryRecord(), config, { observers: [before.observer, logObserver(2), after.observer] })
    const seen = after.moments.map(({ scalars }) => scalars)
    expect(seen).toEqual(before.moments.map(({ scalars }) => scalars))
    expect(seen.map((scalars) => Object.keys(scalars).sort())).toEqual([
      ['decayRate', 'discriminatorLoss', 'generatorLoss'],
      ['decayRate', 'discriminatorLoss', 'generatorLoss'],
      ['discriminatorLoss', 'generatorLoss'],
      ['decayRate', 'discriminatorLoss', 'generatorLoss'],
    ])
  })

  it('keeps collecting scalars while nobody takes them', async () => {
    const { moments, observer } = watcher(1)
    const { outcome } = await trainTiny(new MemoryRecord(), config, { observers: [observer] })
    expect(Object.keys(moments[1]!.scalars)).toContain('decayRate')
    expect(outcome.scalars).toEqual({})
    const taking = watcher(1, { takesScalars: true })
    const taken = await trainTiny(new MemoryRecord(), config, { observers: [taking.observer] })
    expect(Object.keys(taking.moments[1]!.scalars)).toEqual(['discriminatorLoss', 'generatorLoss'])
    expect(taken.outcome.scalars).toEqual(taking.moments.at(-1)!.scalars)
  })

  it.each([
    ['looks', async () => Promise.reject(new Error('out of paint'))],
    ['reports', async () => () => Promise.reject(new Error('out of paint'))],
  ])('that fails when it %s is a warning, and the run goes on', async (_, look) => {
    const record = new MemoryRecord()
    const observers = [{ name: 'painter', every: 4, look }, logObserver(4)]
    const { outcome, state } = await trainTiny(record, config, { observers })
    expect(outcome.outcome).toBe('finished')
    expect(told(record.events)).toEqual([
      ...['start 0', 'warning 4', 'step 4', 'warning 7', 'step 7', 'checkpoint 7', 'end 7'],
    ])
    expect(record.events[1]).toMatchObject({ message: "The observer 'painter' failed: Error: out of paint" })
    expect(state).toEqual((await trainTiny(new MemoryRecord(), config)).state)
  })

  it('that fails with an error of ours is told in its words', async () => {
    const record = new MemoryRecord()
    const error = new ConfigurationError({ code: 'X', message: 'There is no paint.', fix: 'Buy some.' })
    const look = () => Promise.reject(error)
    await trainTiny(record, config, { observers: [{ name: 'painter', every: 100, look }] })
    expect(record.events.find(({ type }) => type === 'warning')).toMatchObject({
      message: "The observer 'painter' failed: There is no paint. Buy some.",
    })
  })

  it('does not hold the run up while it reports', async () => {
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    const slow: Observer = { name: 'slow', every: 3, look: async () => () => released.then(() => []) }
    const steps: number[] = []
    const quick = watcher(1, { look: async ({ step }) => void steps.push(step) as undefined })
    const training = trainTiny(new MemoryRecord(), config, { observers: [slow, quick.observer] })
    const later = new Promise((resolve) => setTimeout(resolve, 50))
    await later
    // One report at a time: the next step that has any waits for it.
    expect(steps).toEqual([1, 2, 3])
    release()
    await training
    expect(steps).toEqual([1, 2, 3, 4, 5, 6, 7])
  })
})

import { float32, ndarray, RandomStream, type RunEvent } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import { carriedState } from './carry-state.ts'
import { MemoryRecord } from './memory-record.ts'
import type { Observer } from './observer.ts'
import { logObserver } from './observers/log-observer.ts'
import type { RunRecord } from './run-record.ts'
import type { Stage } from './stages.ts'
import { tinyConfig } from './testing/tiny-config.ts'
import { tinyDataset } from './testing/tiny-dataset.ts'
import { trainTiny } from './testing/tiny-run.ts'
import { StagesLog, tinyStage } from './testing/tiny-stages.ts'
import { train } from './train.ts'

const options = { batchSize: 8, shape: [2] }
const observers = [logObserver(5)]
const layers = {
  small: {
    'layer/kernel': float32([2], [1, 2]),
    'layer/bias': float32([1], [3]),
    'layer/adam/bias': float32([1], [4]),
  },
  large: {
    'layer/kernel': float32([3], [5, 6, 7]),
    'layer/bias': float32([1], [8]),
    'layer/adam/bias': float32([1], [9]),
  },
}

/** Seven steps of one stage, and the rest of another whose optimizer begins anew. */
const stagesOf = (log?: StagesLog, first = 7): Stage[] => [
  tinyStage(options, { name: 'small', steps: first, more: layers.small }, log),
  tinyStage(options, { name: 'large', more: layers.large, startsAnew: (name) => name.includes('/adam/') }, log),
]

interface Changes {
  readonly steps?: number
  readonly checkpointEvery?: number
  readonly stages?: readonly Stage[]
  readonly signal?: AbortSignal
  readonly watching?: readonly Observer[]
}

async function trainStages(record: RunRecord, changes: Changes = {}) {
  const { steps = 12, checkpointEvery = 100, stages = stagesOf(), signal, watching = observers } = changes
  const config = tinyConfig({ steps, checkpointEvery, keepCheckpoints: 100 })
  return train({ stages, dataset: tinyDataset([2]), record, config, observers: watching, ...(signal && { signal }) })
}

/** A signal that counts how often it is read, and is aborted after so many times. */
function abortedAfter(reads: number): AbortSignal {
  let count = 0
  return Object.defineProperty(Object.create(new AbortController().signal), 'aborted', { get: () => ++count > reads })
}

const historyOf = (events: readonly RunEvent[]) =>
  Object.fromEntries(events.flatMap((event) => (event.type === 'step' ? [[event.step, event.scalars]] : [])))

/** Takes its time to keep a checkpoint. */
class SlowRecord extends MemoryRecord {
  override async save(...parameters: Parameters<MemoryRecord['save']>) {
    await new Promise((resolve) => setTimeout(resolve, 5))
    return super.save(...parameters)
  }
}

describe('carriedState', () => {
  it('takes what has the same name, shape and dtype, and does not begin anew', () => {
    const before = {
      same: float32([2], [1, 2]),
      shape: float32([2], [1, 2]),
      dtype: float32([1], [1]),
      gone: float32([1], [1]),
      slot: float32([1], [1]),
    }
    const fresh = {
      same: float32([2], [0, 0]),
      shape: float32([1, 2], [0, 0]),
      dtype: ndarray('int32', [1]),
      slot: float32([1], [0]),
      new: float32([1], [0]),
    }
    expect(carriedState(fresh, before, (name) => name === 'slot')).toEqual({ same: before.same })
    expect(Object.keys(carriedState(fresh, before))).toEqual(['same', 'slot'])
  })
})

describe('a run of several stages', () => {
  it('begins a stage with what the one before has ended with, except what differs or begins anew', async () => {
    const log = new StagesLog()
    await trainStages(new MemoryRecord(), { stages: stagesOf(log) })
    const { kernel, ema, direction, steps } = log.ended.small!
    expect(steps!.data).toEqual(BigInt64Array.of(7n))
    expect(log.begun.large).toEqual({
      ...{ kernel, ema, direction, steps },
      'layer/kernel': layers.large['layer/kernel'],
      'layer/bias': layers.small['layer/bias'],
      'layer/adam/bias': layers.large['layer/adam/bias'],
    })
  })

  it('runs phases by the step within the stage, and has one session open at a time', async () => {
    const log = new StagesLog()
    await trainStages(new MemoryRecord(), { stages: stagesOf(log) })
    const of = (name: string, steps: number) =>
      Array.from({ length: steps }, (_, step) =>
        ['discriminator', ...(step % 3 === 0 ? ['decay'] : []), 'generator'].map((phase) => `${phase} of ${name}`),
      ).flat()
    expect(log.lines).toEqual(['open small', ...of('small', 7), 'close small', 'open large', ...of('large', 5)])
    expect(log.mostOpen).toBe(1)
  })

  it.each(['in one go', 'gone on with at the border'])(
    'tells no scalars of a stage in the next one: %s',
    async (way) => {
      const told: Record<string, readonly string[]> = {}
      const renamed = stagesOf().map((stage): Stage => {
        const open = async () => {
          const opened = await stage.open()
          const run = opened.session.run.bind(opened.session)
          opened.session.run = async (phase, feeds) => {
            const values = await run(phase, feeds)
            return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${stage.name} ${name}`, value]))
          }
          return opened
        }
        return { ...stage, open }
      })
      const watching: Observer = {
        ...{ name: 'watching', every: 1 },
        look: async ({ step, stageFrom, scalars }) => {
          told[step] = [...new Set(Object.keys(scalars).map((name) => `${name.split(' ')[0]} since ${stageFrom}`))]
          return undefined
        },
      }
      const record = new MemoryRecord()
      const changes = { stages: renamed, watching: [watching] }
      if (way !== 'in one go') await trainStages(record, { ...changes, steps: 7 })
      await trainStages(record, changes)
      expect([told[7], told[8], told[12]]).toEqual([['small since 0'], ['large since 7'], ['large since 7']])
    },
  )

  it('draws from streams of the stage, at the place of the step of the run', async () => {
    const drawn: unknown[] = []
    const stages = stagesOf().map((stage) => ({
      ...stage,
      open: async () => {
        const opened = await stage.open()
        const { session } = opened
        const run = session.run.bind(session)
        session.run = (phase, feeds) => {
          if (phase === 'decay') drawn.push(feeds.noise!.data)
          return run(phase, feeds)
        }
        return opened
      },
    }))
    await trainStages(new MemoryRecord(), { stages })
    const expected = (stream: string, step: number) => {
      const values = new Float32Array(5)
      new RandomStream(0, stream).seek(step * 5).fill('uniform', values)
      return values
    }
    const [small, large] = ['small/decay/noise', 'large/decay/noise']
    expect(drawn).toEqual([
      ...[0, 3, 6].map((step) => expected(small, step)),
      ...[7, 10].map((step) => expected(large, step)),
    ])
  })

  it('tells of every stage once everything of the one before is kept', async () => {
    const record = new SlowRecord()
    await trainStages(record, { checkpointEvery: 7 })
    const told = record.events.map((event) => `${event.type} ${event.step}`)
    expect(told).toEqual([
      ...['start 0', 'stage 0', 'step 5', 'checkpoint 7', 'stage 7'],
      ...['step 10', 'step 12', 'checkpoint 12', 'end 12'],
    ])
    const named = record.events.flatMap((event) => (event.type === 'stage' ? [event.stage] : []))
    expect(named).toEqual(['small', 'large'])
    expect(record.checkpoints.map(({ stage }) => stage)).toEqual(['small', 'large'])
  })

  it.each([100, 3, 7])('ends in the same bits wherever it was interrupted (checkpoints every %i)', async (every) => {
    const expected = new MemoryRecord()
    await trainStages(expected, { checkpointEvery: every })
    const stopped = new Set<string>()
    for (let reads = 0; ; reads++) {
      const record = new MemoryRecord()
      const { outcome } = await trainStages(record, { checkpointEvery: every, signal: abortedAfter(reads) })
      if (outcome === 'finished') break
      const { stage, position } = record.checkpoints.at(-1)!
      stopped.add(`${stage} ${position.step}.${position.phase}`)
      expect((await trainStages(record, { checkpointEvery: every })).outcome).toBe('finished')
      const { state } = record.checkpoints.at(-1)!
      expect(state).toEqual(expected.checkpoints.at(-1)!.state)
      expect(historyOf(record.events)).toEqual(historyOf(expected.events))
    }
    expect([...stopped]).toEqual(expect.arrayContaining(['small 3.1', 'small 7.0', 'large 7.1', 'large 9.0']))
  })

  it('goes on to more steps from the border, and has nothing to do when it is finished', async () => {
    const expected = new MemoryRecord()
    await trainStages(expected)
    const record = new MemoryRecord()
    const log = new StagesLog()
    expect(await trainStages(record, { steps: 7, stages: stagesOf(log) })).toMatchObject({ stage: 'small' })
    expect(log.lines).not.toContain('open large')
    expect(record.checkpoints.at(-1)).toMatchObject({ stage: 'small', position: { step: 7, phase: 0 } })
    await trainStages(record, { stages: stagesOf(log) })
    expect(log.lines.filter((line) => line.startsWith('open'))).toEqual(['open small', 'open large'])
    expect(record.checkpoints.at(-1)!.state).toEqual(expected.checkpoints.at(-1)!.state)
    expect(await trainStages(record)).toMatchObject({ outcome: 'finished', step: 12, scalars: {}, stage: 'large' })
  })

  it('asks a stage itself what begins anew', async () => {
    const [small, large] = stagesOf()
    const own = {
      ...large!,
      slots: ['layer/bias'],
      startsAnew(name: string) {
        return this.slots.includes(name)
      },
    }
    const record = new MemoryRecord()
    await trainStages(record, { stages: [small!, own] })
    const { state } = record.checkpoints.at(-1)!
    expect([state['layer/bias'], state['layer/adam/bias']]).toEqual([
      layers.large['layer/bias'],
      layers.small['layer/adam/bias'],
    ])
  })

  it.each([
    ['there is none', []],
    [
      'two have one name',
      [
        ['a', 3],
        ['a', undefined],
      ],
    ],
    [
      "'a' is not the last and has no number of steps",
      [
        ['a', undefined],
        ['b', undefined],
      ],
    ],
    [
      "'a' is not the last and has no number of steps",
      [
        ['a', 0],
        ['b', undefined],
      ],
    ],
  ] as const)('is refused when %s', async (message, plans) => {
    const stages = plans.map(([name, steps]) => tinyStage(options, { name, ...(steps !== undefined && { steps }) }))
    await expect(trainStages(new MemoryRecord(), { stages })).rejects.toMatchObject({
      name: 'ConfigurationError',
      code: 'STAGES_INVALID',
      message: expect.stringContaining(message),
    })
  })
})

describe('a checkpoint of a stage', () => {
  const interrupted = async (steps: number) => {
    const record = new MemoryRecord()
    await trainStages(record, { steps })
    return record
  }

  it.each([
    ['is over at its step', 5, 3, "the stage 'small', but step 5 belongs to the stage 'large'"],
    ['is yet to come at its step', 9, 10, "the stage 'large', but step 9 belongs to the stage 'small'"],
  ])('is refused where its stage %s', async (_, steps, first, message) => {
    const record = await interrupted(steps)
    await expect(trainStages(record, { stages: stagesOf(undefined, first) })).rejects.toMatchObject({
      name: 'ModelFormatError',
      code: 'STAGE_MISMATCH',
      message: expect.stringContaining(message),
    })
    expect(record.events.at(-1)).toMatchObject({ type: 'end', outcome: 'failed' })
  })

  it('is refused by a model of one stage, and one of a single stage by a model of several', async () => {
    await expect(trainTiny(await interrupted(5), tinyConfig())).rejects.toMatchObject({
      code: 'STAGE_MISMATCH',
      message: expect.stringContaining("the stage 'small', but step 5 belongs to a model of one stage"),
    })
    for (const step of [5, 0]) {
      const single = new MemoryRecord()
      await trainTiny(single, tinyConfig({ steps: 5 }), step === 0 ? { signal: AbortSignal.abort() } : {})
      await expect(trainStages(single)).rejects.toMatchObject({
        code: 'STAGE_MISMATCH',
        message: expect.stringContaining(`a model of one stage, but step ${step} belongs to the stage 'small'`),
      })
    }
  })

  it('is refused with the name of the stage when the model is another', async () => {
    const [, large] = stagesOf()
    const other = tinyStage(options, {
      name: 'small',
      steps: 7,
      more: { 'layer/kernel': float32([5], [1, 2, 3, 4, 5]) },
    })
    await expect(trainStages(await interrupted(5), { stages: [other, large!] })).rejects.toMatchObject({
      code: 'STATE_MISMATCH',
      message: expect.stringMatching(/^Stage 'small': .*'layer\/kernel'/),
    })
  })
})

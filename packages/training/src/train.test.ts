import { type Batch, type Dataset, ndarray, type RunEvent, type RunEventOf } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import { MemoryRecord } from './memory-record.ts'
import { PhaseFeeds } from './phase-feeds.ts'
import { tinyConfig } from './testing/tiny-config.ts'
import { tinyDataset } from './testing/tiny-dataset.ts'
import { trainTiny } from './testing/tiny-run.ts'
import { TinySession, tinyModel } from './testing/tiny-session.ts'
import { train } from './train.ts'

const stepsOf = (events: readonly RunEvent[], type: RunEvent['type']) =>
  events.filter((event) => event.type === type).map(({ step }) => step)

const options = { batchSize: 8, shape: [2] }

/** What a run of the tiny model needs beside the model. */
const around = (changes: Parameters<typeof tinyConfig>[0] = {}) => ({
  session: new TinySession(options),
  dataset: tinyDataset([2]),
  record: new MemoryRecord(),
  config: tinyConfig(changes),
})

describe('train', () => {
  it('emits start, steps, samples, checkpoints and end, and leaves the same in the log', async () => {
    const record = new MemoryRecord()
    const config = tinyConfig({ steps: 12, sampleEvery: 8 })
    const events: RunEvent[] = []
    const { outcome } = await trainTiny(record, config, { onEvent: (event) => events.push(event) })
    expect(events[0]).toMatchObject({
      type: 'start',
      eventsVersion: 2,
      step: 0,
      steps: 12,
      batchSize: 8,
      engine: { engine: 'tiny' },
    })
    expect(stepsOf(events, 'step')).toEqual([5, 10, 12])
    expect(stepsOf(events, 'sample')).toEqual([8, 12])
    expect(stepsOf(events, 'checkpoint')).toEqual([5, 10, 12])
    expect(events.at(-1)).toEqual({ type: 'end', step: 12, outcome: 'finished' })
    expect(outcome).toMatchObject({ outcome: 'finished', step: 12 })
    expect(record.events).toEqual(events)
  })

  it('runs each phase at the steps that are multiples of its schedule, with one batch a step', async () => {
    const { session, ...rest } = around({ steps: 7 })
    const calls: string[] = []
    const run = session.run.bind(session)
    session.run = (phase, feeds) => {
      calls.push(phase)
      return run(phase, feeds)
    }
    await train({ model: tinyModel(options), session, ...rest })
    const [d, r, g] = ['discriminator', 'decay', 'generator']
    expect(calls).toEqual([d, r, g, d, g, d, g, d, r, g, d, g, d, g, d, r, g])
  })

  it('runs a phase with an offset that many steps later', async () => {
    const { session, ...own } = around({ steps: 7 })
    const offsets: Record<string, object> = { decay: { offset: 2 }, generator: { offset: 0 } }
    const { phases, ...rest } = tinyModel(options)
    const model = { ...rest, phases: phases.map((phase) => ({ ...phase, ...offsets[phase.name] })) }
    const calls: string[] = []
    const draws: unknown[] = []
    const run = session.run.bind(session)
    session.run = (phase, feeds) => {
      calls.push(phase)
      if (phase === 'decay') draws.push(feeds.noise!.data)
      return run(phase, feeds)
    }
    await train({ model, session, ...own })
    const [d, r, g] = ['discriminator', 'decay', 'generator']
    expect(calls).toEqual([d, g, d, g, d, r, g, d, g, d, g, d, r, g, d, g])
    const feeds = new PhaseFeeds(phases[1]!, { seed: own.config.seed })
    const points = ndarray('float32', [8, 2])
    expect(draws).toEqual([2, 5].map((step) => feeds.at(step, { points }).noise!.data))
  })

  it('reports the scalars of phases that ran since the last step event', async () => {
    const record = new MemoryRecord()
    await trainTiny(record, tinyConfig({ steps: 6, logEvery: 2 }))
    const steps = record.events.filter((event): event is RunEventOf<'step'> => event.type === 'step')
    expect(steps.map(({ scalars }) => Object.keys(scalars))).toEqual([
      ['discriminatorLoss', 'decayRate', 'generatorLoss'],
      ['discriminatorLoss', 'generatorLoss', 'decayRate'],
      ['discriminatorLoss', 'generatorLoss'],
    ])
    expect(steps[0]!.samplesPerSecond).toBeGreaterThan(0)
  })

  it('gives the same run for the same seed, and another for another', async () => {
    const [first, second, other] = await Promise.all(
      [0, 0, 1].map((seed) => trainTiny(new MemoryRecord(), tinyConfig({ seed }))),
    )
    expect(second!.state).toEqual(first!.state)
    expect(other!.state).not.toEqual(first!.state)
  })

  it('keeps the newest checkpoints only, and writes what they say about themselves', async () => {
    const record = new MemoryRecord()
    const { outcome, state } = await trainTiny(record, tinyConfig({ keepCheckpoints: 2 }))
    expect(record.checkpoints.map(({ path }) => path)).toEqual(['checkpoints/000015', 'checkpoints/000020'])
    expect(outcome.checkpointPath).toBe('checkpoints/000020')
    expect(record.checkpoints[1]).toEqual({
      path: 'checkpoints/000020',
      variant: 'tiny',
      dataset: 'tiny-points',
      seed: 0,
      position: { step: 20, phase: 0, scalars: {} },
      state,
      parts: { generator: { kernel: { trained: 'kernel', average: 'ema' } } },
    })
  })

  it('stops at a loss that is not finite and keeps the last good checkpoint', async () => {
    const record = new MemoryRecord()
    await trainTiny(record, tinyConfig({ steps: 5 }))
    const failing = trainTiny(record, tinyConfig(), { learningRate: Number.MAX_VALUE })
    await expect(failing).rejects.toMatchObject({
      name: 'TrainingError',
      code: 'LOSS_NOT_FINITE',
      message: expect.stringMatching(/^Step 6: 'generatorLoss' of the phase 'generator' is (NaN|Infinity)\./),
    })
    expect(record.checkpoints.map(({ position }) => position.step)).toEqual([5])
    expect(record.events.at(-1)).toMatchObject({ type: 'end', step: 5, outcome: 'failed' })
    expect((await trainTiny(record, tinyConfig())).outcome).toMatchObject({ outcome: 'finished', step: 20 })
  })

  it('does not write a checkpoint of weights that are not finite', async () => {
    const { session, record, ...rest } = around()
    const readState = session.readState.bind(session)
    session.readState = async () => ({
      ...(await readState()),
      broken: { dtype: 'float32', shape: [1], data: Float32Array.of(NaN) },
    })
    await expect(train({ model: tinyModel(options), session, record, ...rest })).rejects.toMatchObject({
      code: 'STATE_NOT_FINITE',
      message: expect.stringContaining("'broken'"),
    })
    expect(record.checkpoints).toEqual([])
  })

  it('names what a model lacks', async () => {
    const model = tinyModel(options)
    await expect(train({ ...around(), model: { ...model, functions: [] } })).rejects.toMatchObject({
      code: 'FUNCTION_UNKNOWN',
      message: expect.stringContaining("'generate'"),
    })
    const feeds = { labels: { dtype: 'int32', shape: [8], source: { from: 'batch', field: 'label' } } } as const
    const labelled = { ...model.phases[0]!, feeds }
    await expect(train({ ...around(), model: { ...model, phases: [labelled] } })).rejects.toMatchObject({
      code: 'FIELD_MISSING',
      message: expect.stringMatching(/'discriminator'.*'label'.*the batch has points/),
    })
  })

  it('refuses labels that the data set does not have', async () => {
    const { dataset, ...rest } = around()
    const fields = { label: { modality: 'label', dtype: 'int32', shape: [], names: ['a', 'b', 'c'] } } as const
    async function* batches(): AsyncGenerator<Batch> {
      yield { label: ndarray('int32', [2], Int32Array.of(0, 3)) }
    }
    const labelled: Dataset = { ...dataset, fields, batches }
    const feeds = { labels: { dtype: 'int32', shape: [2], source: { from: 'batch', field: 'label' } } } as const
    const model = tinyModel(options)
    const phases = [{ ...model.phases[0]!, feeds }]
    await expect(train({ ...rest, dataset: labelled, model: { ...model, phases } })).rejects.toMatchObject({
      code: 'LABEL_OUT_OF_RANGE',
    })
  })
})

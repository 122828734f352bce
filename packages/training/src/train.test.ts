import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ndarray, type RunEvent, type RunEventOf } from '@gantry/core'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { readCheckpoint } from './checkpoint.ts'
import { readEvents } from './event-log.ts'
import { PhaseFeeds } from './phase-feeds.ts'
import { tinyDataset } from './testing/tiny-dataset.ts'
import { newRun, tinyConfig, trainTiny } from './testing/tiny-run.ts'
import { TinySession, tinyModel } from './testing/tiny-session.ts'
import { train } from './train.ts'

const stepsOf = (events: readonly RunEvent[], type: RunEvent['type']) =>
  events.filter((event) => event.type === type).map(({ step }) => step)

describe('train', () => {
  it('emits start, steps, samples, checkpoints and end, and leaves the same in the log', async () => {
    const run = await newRun({ steps: 12, sampleEvery: 8 })
    const events: RunEvent[] = []
    const { outcome } = await trainTiny(run, { onEvent: (event) => events.push(event) })
    expect(events[0]).toMatchObject({ type: 'start', step: 0, steps: 12, batchSize: 8, engine: { engine: 'tiny' } })
    expect(stepsOf(events, 'step')).toEqual([5, 10, 12])
    expect(stepsOf(events, 'sample')).toEqual([8, 12])
    expect(stepsOf(events, 'checkpoint')).toEqual([5, 10, 12])
    expect(events.at(-1)).toEqual({ type: 'end', step: 12, outcome: 'finished' })
    expect(outcome).toMatchObject({ outcome: 'finished', step: 12 })
    expect(await readEvents(run.eventsPath)).toEqual(events)
  })

  it('runs each phase at the steps that are multiples of its schedule, with one batch a step', async () => {
    const config = tinyConfig({ steps: 7 })
    const options = { batchSize: config.batchSize, sampleShape: [2] }
    const session = new TinySession(options)
    const calls: string[] = []
    const run = session.run.bind(session)
    session.run = (phase, feeds) => {
      calls.push(phase)
      return run(phase, feeds)
    }
    await train({ model: tinyModel(options), session, dataset: tinyDataset([2]), run: await newRun(), config })
    const [d, r, g] = ['discriminator', 'decay', 'generator']
    expect(calls).toEqual([d, r, g, d, g, d, g, d, r, g, d, g, d, g, d, r, g])
  })

  it('runs a phase with an offset that many steps later', async () => {
    const config = tinyConfig({ steps: 7 })
    const options = { batchSize: config.batchSize, sampleShape: [2] }
    const offsets: Record<string, object> = { decay: { offset: 2 }, generator: { offset: 0 } }
    const { phases, ...rest } = tinyModel(options)
    const model = { ...rest, phases: phases.map((phase) => ({ ...phase, ...offsets[phase.name] })) }
    const session = new TinySession(options)
    const calls: string[] = []
    const draws: unknown[] = []
    const run = session.run.bind(session)
    session.run = (phase, feeds) => {
      calls.push(phase)
      if (phase === 'decay') draws.push(feeds.noise!.data)
      return run(phase, feeds)
    }
    await train({ model, session, dataset: tinyDataset([2]), run: await newRun(), config })
    const [d, r, g] = ['discriminator', 'decay', 'generator']
    expect(calls).toEqual([d, g, d, g, d, r, g, d, g, d, g, d, r, g, d, g])
    const feeds = new PhaseFeeds(phases[1]!, config.seed)
    const samples = ndarray('float32', [8, 2])
    expect(draws).toEqual([2, 5].map((step) => feeds.at(step, { samples }).noise!.data))
  })

  it('reports the scalars of phases that ran since the last step event', async () => {
    const run = await newRun({ steps: 6, logEvery: 2 })
    await trainTiny(run)
    const steps = (await readEvents(run.eventsPath)).filter(
      (event): event is RunEventOf<'step'> => event.type === 'step',
    )
    expect(steps.map(({ scalars }) => Object.keys(scalars))).toEqual([
      ['discriminatorLoss', 'decayRate', 'generatorLoss'],
      ['discriminatorLoss', 'generatorLoss', 'decayRate'],
      ['discriminatorLoss', 'generatorLoss'],
    ])
    expect(steps[0]!.imagesPerSecond).toBeGreaterThan(0)
  })

  it('gives the same run for the same seed, and another for another', async () => {
    const [first, second, other] = await Promise.all([0, 0, 1].map(async (seed) => trainTiny(await newRun({ seed }))))
    expect(second!.state).toEqual(first!.state)
    expect(other!.state).not.toEqual(first!.state)
  })

  it('keeps the newest checkpoints only, and writes what they say about themselves', async () => {
    const run = await newRun({ keepCheckpoints: 2 })
    const { state } = await trainTiny(run)
    expect(await readdir(run.checkpoints.folder)).toEqual(['000015.safetensors', '000020.safetensors'])
    const checkpoint = await readCheckpoint(join(run.checkpoints.folder, '000020.safetensors'))
    expect(checkpoint).toEqual({
      variant: 'tiny',
      dataset: 'tiny-points',
      seed: 0,
      position: { step: 20, phase: 0, scalars: {} },
      state,
    })
  })

  it('draws image grids and scatter plots', async () => {
    const images = await newRun({ steps: 1 })
    await trainTiny(images, {}, [4, 6, 1])
    expect(await sharp(images.samplePath(1)).metadata()).toMatchObject({
      width: 3 * 8 + 2,
      height: 3 * 6 + 2,
      channels: 1,
    })
    const points = await newRun({ steps: 1 })
    await trainTiny(points)
    expect(await sharp(points.samplePath(1)).metadata()).toMatchObject({ width: 480, height: 480, channels: 3 })
  })

  it('stops at a loss that is not finite and keeps the last good checkpoint', async () => {
    const run = await newRun()
    await trainTiny(run, { config: tinyConfig({ steps: 5 }) })
    const failing = trainTiny(run, { learningRate: Number.MAX_VALUE })
    await expect(failing).rejects.toMatchObject({
      name: 'TrainingError',
      code: 'LOSS_NOT_FINITE',
      message: expect.stringMatching(/^Step 6: 'generatorLoss' of the phase 'generator' is (NaN|Infinity)\./),
    })
    expect(await readdir(run.checkpoints.folder)).toEqual(['000005.safetensors'])
    expect((await readEvents(run.eventsPath)).at(-1)).toMatchObject({ type: 'end', step: 5, outcome: 'failed' })
    expect((await trainTiny(run)).outcome).toMatchObject({ outcome: 'finished', step: 20 })
  })

  it('does not write a checkpoint of weights that are not finite', async () => {
    const options = { batchSize: 8, sampleShape: [2] }
    const session = new TinySession(options)
    const readState = session.readState.bind(session)
    session.readState = async () => ({
      ...(await readState()),
      broken: { dtype: 'float32', shape: [1], data: Float32Array.of(NaN) },
    })
    const run = await newRun()
    const training = train({ model: tinyModel(options), session, dataset: tinyDataset([2]), run, config: run.config })
    await expect(training).rejects.toMatchObject({
      code: 'STATE_NOT_FINITE',
      message: expect.stringContaining("'broken'"),
    })
    expect(await run.checkpoints.list()).toEqual([])
  })

  it('names what a model lacks', async () => {
    const options = { batchSize: 8, sampleShape: [2] }
    const run = await newRun()
    const base = { session: new TinySession(options), dataset: tinyDataset([2]), run, config: run.config }
    const model = tinyModel(options)
    await expect(train({ ...base, model: { ...model, functions: [] } })).rejects.toMatchObject({
      code: 'GENERATOR_MISSING',
    })
    const labelled = {
      ...model.phases[0]!,
      feeds: { labels: { dtype: 'int32', shape: [8], source: { from: 'labels' } } } as const,
    }
    await expect(train({ ...base, model: { ...model, phases: [labelled] } })).rejects.toMatchObject({
      code: 'LABELS_MISSING',
    })
  })

  it('writes a log of JSON lines', async () => {
    const run = await newRun({ steps: 1 })
    await trainTiny(run)
    const lines = (await readFile(run.eventsPath, 'utf8')).trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).type)).toEqual(['start', 'step', 'sample', 'checkpoint', 'end'])
  })
})

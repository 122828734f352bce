import { type Batch, type Dataset, drawnPort, ndarray, type RunEvent, type State } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import { type Evaluate, generateBatches } from './generate.ts'
import { MemoryRecord } from './memory-record.ts'
import { tinyConfig } from './testing/tiny-config.ts'
import { tinyDataset } from './testing/tiny-dataset.ts'
import { TinySession, tinyModel } from './testing/tiny-session.ts'
import { train } from './train.ts'

const options = { batchSize: 8, shape: [2] }
const dataset = tinyDataset([2])

/** An engine that works in the background, one call at a time, and logs what it is given and what it has done. */
class SlowSession extends TinySession {
  readonly log: string[] = []
  #last: Promise<unknown> = Promise.resolve()

  override run(...call: Parameters<TinySession['run']>) {
    return this.#later(call[0], () => super.run(...call))
  }

  override readState() {
    return this.#later('readState', () => super.readState())
  }

  #later<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    this.log.push(name)
    const result = this.#last.then(async () => {
      await new Promise((resolve) => setImmediate(resolve))
      const value = await work()
      this.log.push(`/${name}`)
      return value
    })
    this.#last = result.catch(() => {})
    return result
  }
}

interface HeldWrite {
  resolve(): void
  reject(error: Error): void
}

/** A record whose checkpoints wait until they are let through; a refused one fails. */
class HeldRecord extends MemoryRecord {
  readonly waiting: HeldWrite[] = []

  override async save(...parameters: Parameters<MemoryRecord['save']>) {
    await new Promise<void>((resolve, reject) => this.waiting.push({ resolve, reject }))
    return super.save(...parameters)
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

describe('train, while the engine works', () => {
  it('gives it the next phase before it has finished one, across steps too', async () => {
    const session = new SlowSession(options)
    const config = tinyConfig({ steps: 2, logEvery: 2 })
    await train({ model: tinyModel(options), session, dataset, record: new MemoryRecord(), config })
    const [d, r, g] = ['discriminator', 'decay', 'generator']
    const start = [d, r, `/${d}`, g, `/${r}`, d, `/${g}`, g, `/${d}`, `/${g}`]
    expect(session.log.slice(0, start.length)).toEqual(start)
  })

  it('counts steps without a phase', async () => {
    const model = tinyModel(options)
    const phases = model.phases.map((phase) => ({ ...phase, every: 3 }))
    const session = new SlowSession(options)
    const config = tinyConfig({ steps: 5, logEvery: 2 })
    const record = new MemoryRecord()
    const { outcome, step } = await train({ model: { ...model, phases }, session, dataset, record, config })
    expect({ outcome, step }).toEqual({ outcome: 'finished', step: 5 })
    expect(session.log.filter((name) => name === 'generator')).toHaveLength(2)
  })

  it('reads the next batch once it has work', async () => {
    const images = { batchSize: 8, shape: [2, 2, 1] }
    const session = new SlowSession(images)
    const own = tinyDataset(images.shape)
    const batches = (stream: Parameters<Dataset['batches']>[0]) => {
      const source = own.batches(stream)
      const next = () => {
        session.log.push('batch')
        return source.next()
      }
      const iterator: AsyncIterableIterator<Batch> = { [Symbol.asyncIterator]: () => iterator, next }
      return iterator
    }
    const config = tinyConfig({ steps: 2, logEvery: 2 })
    const model = { ...tinyModel(images), phases: tinyModel(images).phases.slice(0, 1) }
    await train({ model, session, dataset: { ...own, batches }, record: new MemoryRecord(), config })
    expect(session.log.slice(0, 5)).toEqual(['batch', 'discriminator', 'batch', 'discriminator', 'batch'])
  })

  it('writes checkpoints in the background: of the state of their step, and told in order once they are kept', async () => {
    const config = tinyConfig({ steps: 8, logEvery: 1, checkpointEvery: 4 })
    const record = new HeldRecord()
    const { waiting } = record
    const session = new SlowSession(options)
    const states: State[] = []
    const readState = session.readState.bind(session)
    session.readState = async () => {
      const state = await readState()
      states.push(structuredClone(state))
      return state
    }
    const events: RunEvent[] = []
    const onEvent = (event: RunEvent) => events.push(event)
    const training = train({ model: tinyModel(options), session, dataset, record, config, onEvent })
    await until(() => waiting.length === 1)
    const given = () => session.log.filter((name) => name === 'generator').length
    await until(() => given() === 5)
    expect(record.checkpoints).toEqual([])
    expect(events.at(-1)).toMatchObject({ type: 'step', step: 4 })
    waiting[0]!.resolve()
    await until(() => waiting.length === 2)
    waiting[1]!.resolve()
    const { checkpointPath } = await training
    const told = events.map(({ type, step }) => `${type} ${step}`)
    expect(told.slice(4, 8)).toEqual(['step 4', 'checkpoint 4', 'step 5', 'step 6'])
    expect(told.slice(-3)).toEqual(['sample 8', 'checkpoint 8', 'end 8'])
    expect(record.events).toEqual(events)
    expect(record.checkpoints.at(-1)!.path).toBe(checkpointPath)
    expect(record.checkpoints.map(({ state }) => state)).toEqual(states)
    expect(states).toHaveLength(2)
    expect(states[0]).not.toEqual(states[1])
  })

  it('ends with the error of a checkpoint in the background, and starts nothing after it', async () => {
    const config = tinyConfig({ steps: 1000, logEvery: 4, checkpointEvery: 4, sampleEvery: 1000 })
    const record = new HeldRecord()
    const { waiting } = record
    const session = new SlowSession(options)
    const training = train({ model: tinyModel(options), session, dataset, record, config })
    await until(() => waiting.length === 1)
    waiting[0]!.reject(new Error('the disk is gone'))
    await expect(training).rejects.toThrow('the disk is gone')
    expect(record.events.map(({ type }) => type)).toEqual(['start', 'step', 'end'])
    // The engine has finished what it was given.
    const { length } = session.log
    expect(session.log.filter((name) => name.startsWith('/'))).toHaveLength(length / 2)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(session.log).toHaveLength(length)
  })

  it('keeps a checkpoint that is being written when a later step fails', async () => {
    const config = tinyConfig({ steps: 20, logEvery: 5, checkpointEvery: 5 })
    const record = new HeldRecord()
    const { waiting } = record
    const session = new SlowSession(options)
    const run1 = session.run.bind(session)
    let calls = 0
    session.run = async (...call) => ({ ...(await run1(...call)), ...(++calls > 14 && { loss: Number.NaN }) })
    const training = train({ model: tinyModel(options), session, dataset, record, config })
    const refused = expect(training).rejects.toMatchObject({ code: 'LOSS_NOT_FINITE' })
    await until(() => calls > 14 && waiting.length === 1)
    waiting[0]!.resolve()
    await refused
    expect(record.checkpoints.map(({ position }) => position.step)).toEqual([5])
    expect(record.events.slice(-2)).toMatchObject([
      { type: 'checkpoint', step: 5 },
      { type: 'end', outcome: 'failed' },
    ])
  })
})

describe('generateBatches', () => {
  const ports = { latent: drawnPort('latent', [2], 'normal') }

  /** What happens in which order when batches of this many bytes a sample are generated. */
  async function logOf(bytes: number): Promise<string[]> {
    const log: string[] = []
    const generator: Evaluate = async ({ latent }) => {
      log.push('generate')
      return { samples: ndarray('float32', [latent!.shape[0]!, bytes / 4]) }
    }
    for await (const { from, outputs } of generateBatches(generator, ports, { seed: 1, count: 11, batchSize: 2 })) {
      log.push(`${outputs.samples!.shape[0]} from ${from}`)
    }
    return log
  }

  it('keeps the generator one batch ahead of the consumer', async () => {
    const [first, second] = ['generate', 'generate']
    expect(await logOf(2 ** 21)).toEqual([
      ...[first, second, '2 from 0', 'generate', '2 from 2', 'generate', '2 from 4', 'generate', '2 from 6'],
      ...['generate', '2 from 8', '1 from 10'],
    ])
  })

  it('keeps it several small batches ahead, once it knows that they are small', async () => {
    const [first, second] = ['generate', 'generate']
    expect(await logOf(16)).toEqual([
      ...[first, second, '2 from 0', 'generate', 'generate', 'generate', 'generate', '2 from 2', '2 from 4'],
      ...['2 from 6', '2 from 8', '1 from 10'],
    ])
  })

  it('waits for the batch ahead when the consumer leaves, and reports errors in their turn', async () => {
    let running = 0
    const generator: Evaluate = async ({ latent }) => {
      running++
      await new Promise((resolve) => setTimeout(resolve, 5))
      running--
      if (latent!.shape[0] === 1) throw new Error('out of memory')
      return { samples: latent! }
    }
    for await (const _ of generateBatches(generator, ports, { seed: 1, count: 8, batchSize: 2 })) break
    expect(running).toBe(0)
    const seen: number[] = []
    const failing = async () => {
      for await (const { from } of generateBatches(generator, ports, { seed: 1, count: 3, batchSize: 2 }))
        seen.push(from)
    }
    await expect(failing()).rejects.toThrow('out of memory')
    expect(seen).toEqual([0])
  })
})

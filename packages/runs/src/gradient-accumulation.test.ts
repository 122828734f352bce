import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { State } from '@gantry/core'
import { type RunConfig, runConfigSchema, train } from '@gantry/training'
import { afterAll, describe, expect, it } from 'vitest'
import { openRun } from './open-run.ts'
import { RunFolder } from './run-folder.ts'
import { hashState } from './state-hash.ts'

const small = { hiddenUnits: 16, generatorNormalization: 'none', discriminatorNormalization: 'none' }

let folders = 0
const place = mkdtemp(join(tmpdir(), 'gantry-accumulation-'))
const cleanups: (() => Promise<void>)[] = []
afterAll(() => Promise.all(cleanups.map((cleanup) => cleanup())))

async function open(variant: string, batchSize: number, steps: number, options: Record<string, unknown>) {
  const common = {
    data: 'ring8',
    engine: 'onnxruntime',
    device: 'cpu',
    seed: 3,
    sampleEvery: 100,
    sampleCount: 4,
  } as const
  const given = {
    ...common,
    variant,
    batchSize,
    steps,
    logEvery: 1,
    checkpointEvery: 100,
    options: { ...small, ...options },
  }
  const run = await openRun(runConfigSchema.parse(given))
  cleanups.push(run.dispose)
  const { config, dataset } = run
  return { ...(await run.stages[0]!.open()), config, dataset, record: await newFolder(config) }
}

async function newFolder(config: RunConfig): Promise<RunFolder> {
  return RunFolder.create(join(await place, `${folders++}`), { config })
}

const isSlot = (name: string) => name.includes('/accumulated/')

/** Whether anything waits for the next update. */
const isGathering = (state: State) =>
  Object.keys(state).some((name) => isSlot(name) && (state[name]!.data as Float32Array).some((value) => value !== 0))

describe('a run with gradient accumulation', () => {
  // Batches and noise are numbered samples: two batches of 8 are what one of 16 would have been.
  it.each([
    ['vanilla', { update: 'simultaneous', optimizer: 'sgd', learningRate: 0.1 }],
    ['vanilla', { update: 'simultaneous', optimizer: 'adam', learningRate: 0.01 }],
    ['wgan-gp', { update: 'simultaneous', criticSteps: 1, optimizer: 'sgd', learningRate: 0.01 }],
    ['vae', { learningRate: 0.01 }],
  ])('of two batches of 8 ends as one with batches of 16: %s %j', async (variant, options) => {
    const large = await open(variant, 16, 4, options)
    const start = await large.session.readState()
    await train(large)
    const accumulating = await open(variant, 8, 8, { ...options, gradientAccumulation: 2 })
    await train(accumulating)
    const [own, expected] = [await accumulating.session.readState(), await large.session.readState()]
    expect(
      Object.keys(own)
        .filter((name) => !isSlot(name))
        .sort(),
    ).toEqual(Object.keys(expected).sort())
    for (const [name, { data }] of Object.entries(expected)) {
      let [difference, moved] = [0, 0]
      for (const [index, value] of data.entries()) {
        difference += (Number(own[name]!.data[index]) - Number(value)) ** 2
        moved += (Number(value) - Number(start[name]!.data[index])) ** 2
      }
      // Relative to the way that it went, but for float32's rounding: what no loss depends on has not moved at all.
      expect(Math.sqrt(difference), name).toBeLessThanOrEqual(1e-3 * Math.sqrt(moved) + 1e-7)
      if (name.startsWith('generatorEma/')) expect(moved, name).toBeGreaterThan(1e-6)
    }
    expect(isGathering(own)).toBe(false)
  })

  it.each(['alternating', 'simultaneous'])('resumes bit for bit in the middle of one, %s', async (update) => {
    const options = { update, gradientAccumulation: 3 }
    const half = await open('vanilla', 8, 7, options)
    const start = await half.session.readState()
    const other = await open('vanilla', 8, 7, options)
    await train(other)
    const expected = await other.session.readState()
    // The seventh step began a third round.
    expect(isGathering(expected)).toBe(true)

    for (let checks = 1; checks < 14; checks += 2) {
      await half.session.writeState(start)
      const record = await newFolder(half.config)
      let reads = 0
      // The signal is read once a phase: counting the reads stops the run between any two.
      const { signal } = new AbortController()
      const counting = Object.defineProperty(Object.create(signal), 'aborted', { get: () => ++reads > checks })
      expect((await train({ ...half, record, signal: counting })).outcome).toBe('interrupted')
      // Its session stands elsewhere: the checkpoint brings it to where the other one stopped.
      await train({ ...other, record: await RunFolder.open(record.path) })
      expect(hashState(await other.session.readState())).toBe(hashState(expected))
    }
  })
})

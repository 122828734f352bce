import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunEventOf } from '@gantry/core'
import type { RunConfigInput } from '@gantry/training'
import { findVariant, variants } from '@gantry/variants'
import { describe, expect, it, onTestFinished } from 'vitest'
import { beginRun } from './begin-run.ts'
import { readEvents } from './event-log.ts'
import { readHistory } from './read-history.ts'
import { resolveConfig } from './resolve-config.ts'
import { RunFolder } from './run-folder.ts'
import { hashState } from './state-hash.ts'
import { writeDigits } from './testing/images.ts'
import { trainRun } from './train-run.ts'

type Run = Partial<Omit<RunConfigInput, 'options'>>

/** Trains a small run, and tells what was said of it. */
async function diagnosed(variant: string, run: Run, options: Readonly<Record<string, unknown>> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-verdicts-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const usual = { data: 'ring8', batchSize: 64, sampleCount: 4, sampleEvery: 10_000, healthEvery: 25 }
  const config = resolveConfig(findVariant(variant), { run: { ...usual, ...run }, options })
  const begun = await beginRun(join(folder, 'run'), config, { threads: 1 })
  onTestFinished(() => begun.run.dispose())
  const outcome = await trainRun(begun.folder, begun.run).catch((error) => error)
  return { outcome, begun, history: await readHistory(begun.folder) }
}

const names = ({ verdicts }: { verdicts: readonly RunEventOf<'verdict'>[] }) => verdicts.map(({ verdict }) => verdict)

function find(verdicts: readonly RunEventOf<'verdict'>[], name: string) {
  const found = verdicts.find(({ verdict }) => verdict === name)
  expect(verdicts.map(({ verdict }) => verdict)).toContain(name)
  return found!
}

/** A third as many pixels as there are, and half as many images a step. */
const smallDigits = { data: 'mnist', dataOptions: { size: 16 }, batchSize: 32 }

describe('a small run that is built to fail', () => {
  it('by mode collapse is told which part of the data it leaves out', async () => {
    const { history } = await diagnosed('vanilla', { data: 'grid25', steps: 650, batchSize: 128 }, { latentSize: 8 })
    const { evidence, remedies, message } = find(history.verdicts, 'mode-collapse')
    expect(evidence.precision).toBeGreaterThan(0.7)
    expect(evidence.coverage).toBeLessThan(0.5)
    expect(remedies[0]!.set).toEqual({ packing: 2 })
    expect(message).toMatch(/% of the real ones have none near/)
  })

  it('by a vanishing gradient is told to take the other loss', async () => {
    const options = { hiddenUnits: 64, loss: 'minimax', criticSteps: 5 }
    const run = { data: 'mnist', dataOptions: { size: 8 }, steps: 400, healthEvery: 20, seed: 5 }
    const { history } = await diagnosed('vanilla', run, options)
    const { evidence, remedies } = find(history.verdicts, 'vanishing-gradient')
    expect(evidence.generatorGradientNorm! / evidence.largestGradientNorm!).toBeLessThan(1 / 20)
    expect(remedies.map(({ set }) => set).slice(0, 2)).toEqual([{ loss: 'non-saturating' }, { criticSteps: 1 }])
  })

  it('by a discriminator of twenty times the rate is told to let both move at one pace', async () => {
    const options = { generatorWidth: 4, discriminatorWidth: 4, discriminatorLearningRate: 0.004 }
    const { history } = await diagnosed('dcgan', { ...smallDigits, steps: 200, healthEvery: 20 }, options)
    const { remedies } = find(history.verdicts, 'discriminator-too-strong')
    expect(remedies[0]!.set).toEqual({ discriminatorLearningRate: 0.0002 })
    expect(remedies[1]!.set).toEqual({ r1: 1, discriminatorNormalization: 'none' })
  })

  it('by a discriminator that hardly learns is told so', async () => {
    const { history } = await diagnosed('vanilla', { steps: 250 }, { discriminatorLearningRate: 1e-6 })
    const { remedies, since } = find(history.verdicts, 'discriminator-too-weak')
    expect(since).toBe(100)
    expect(remedies[0]!.set).toEqual({ discriminatorLearningRate: 0.001 })
  })

  it('by players that chase each other is told to give up momentum', async () => {
    const { history } = await diagnosed('vanilla', { steps: 500 }, { learningRate: 0.01, beta1: 0.9 })
    const { evidence, remedies } = find(history.verdicts, 'oscillation')
    expect(evidence.medianMovement).toBeGreaterThan(0.6)
    expect(remedies[0]!.set).toEqual({ beta1: 0.5 })
  })

  it('by too few images is told that they are known by heart', async () => {
    const pictures = await mkdtemp(join(tmpdir(), 'gantry-few-'))
    onTestFinished(() => rm(pictures, { recursive: true, force: true }))
    await writeDigits(pictures, 12)
    const data = { data: `folder:${pictures}`, dataOptions: { size: 8, channels: 1 }, batchSize: 12 }
    const { history } = await diagnosed('vanilla', { ...data, steps: 1500, healthEvery: 50 }, { latentSize: 16 })
    const { evidence, remedies } = find(history.verdicts, 'memorisation')
    expect(evidence.separation).toBeGreaterThan(0.99)
    expect(evidence.neighbourAccuracy).toBeLessThan(0.8)
    expect(remedies[0]!.set).toEqual({ augment: ['color', 'translation'] })
    expect(names(history)).not.toContain('mode-collapse')
  })

  it('by a critic without bounds is told that its numbers leave them', async () => {
    const { history } = await diagnosed('wgan', { steps: 400 }, { weightClip: 1000, learningRate: 0.01 })
    const { remedies } = find(history.verdicts, 'divergence')
    expect(remedies[0]!.set).toEqual({ learningRate: 0.0025 })
  })
})

describe('healthy runs', () => {
  it('that have reached what they can are told so', async () => {
    const options = { hiddenUnits: 64, latentSize: 2, r1: 0.3, beta1: 0, beta2: 0.99, learningRate: 3e-3 }
    const run = { data: 'swissroll', steps: 1800, batchSize: 256, healthEvery: 50 }
    const { history } = await diagnosed('vanilla', run, options)
    expect(names(history)).toEqual(['convergence'])
    const { evidence, remedies } = find(history.verdicts, 'convergence')
    expect(evidence.coverage).toBeGreaterThan(0.8)
    expect(remedies).toEqual([])
  })

  const small = { hiddenUnits: 32, latentSize: 16, learningRate: 1e-3 }
  const onPoints = variants
    .filter(({ name, startsFrom, needs }) => {
      const takesPoints = Object.values(needs).every(({ modalities }) => modalities.join() !== 'image')
      return name !== 'dcgan' && startsFrom === undefined && takesPoints
    })
    .map(({ name }) => name)

  // Penalties are for data of the scale of images.
  const own = (name: string) => (['wgan-gp', 'dragan'].includes(name) ? { gradientPenalty: 0.1 } : {})

  it.each(onPoints)('of %s are told nothing bad', async (name) => {
    const { history } = await diagnosed(name, { steps: 400 }, { ...small, ...own(name) })
    expect(history.health).toHaveLength(16)
    expect(names(history).filter((verdict) => verdict !== 'convergence')).toEqual([])
  })

  it('of dcgan are told nothing bad', async () => {
    const options = { generatorWidth: 4, discriminatorWidth: 4, learningRate: 1e-3 }
    const { history } = await diagnosed('dcgan', { ...smallDigits, steps: 240, healthEvery: 20 }, options)
    expect(names(history)).toEqual([])
  })
})

describe('numbers that are not finite', () => {
  const wild = { optimizer: 'sgd', learningRate: 1 }

  it('end a run with a verdict, and with what to do', async () => {
    const { outcome, history, begun } = await diagnosed('vanilla', { steps: 200 }, wild)
    expect(outcome).toMatchObject({ code: 'LOSS_NOT_FINITE', fix: expect.stringContaining('--on-nan rollback') })
    expect(history.outcome).toBe('failed')
    const end = (await readEvents(begun.folder.eventsPath)).findLast(({ type }) => type === 'end')
    // The log says what the command says.
    expect(end).toMatchObject({ message: (outcome as Error).message })
    const { message, remedies, since } = find(history.verdicts, 'divergence')
    expect(message).toMatch(/^Step \d+: '\w+' of the phase '\w+' is NaN\.$/)
    const step = Number(/\d+/.exec(message)![0])
    expect([since, history.verdicts.at(-1)!.step]).toEqual([step, step])
    expect(remedies[0]!.set).toEqual({ learningRate: 0.25 })
    expect(history.rollbacks).toEqual([])
  })

  it('say that the newest checkpoint is no good where going on from it fails again', async () => {
    const run = { steps: 40, batchSize: 8, checkpointEvery: 1 }
    const options = { optimizer: 'sgd', loss: 'minimax', learningRate: 10 }
    const { outcome, begun } = await diagnosed('vanilla', run, options)
    const [older, newest] = await begun.folder.checkpoints.list()
    expect(outcome).toMatchObject({
      fix: expect.stringContaining(`Go on from the newest checkpoint, ${newest}, at a lower rate`),
    })
    const { path: out, config } = begun.folder
    const resumed = { ...config, options: { ...config.options, learningRate: 0.001 } }
    const again = await beginRun(out, resumed, { threads: 1, resume: true })
    onTestFinished(() => again.run.dispose())
    const fix = expect.stringContaining(`remove that file, to go on from ${older}`)
    await expect(trainRun(again.folder, again.run)).rejects.toMatchObject({ code: 'LOSS_NOT_FINITE', fix })
  })

  it('let a run that asks for it go on from its last checkpoint at half the rate', async () => {
    const run = { steps: 300, onNan: 'rollback', checkpointEvery: 10, healthEvery: 10 } as const
    const { outcome, begun, history } = await diagnosed('vanilla', run, wild)
    expect(outcome).toMatchObject({ outcome: 'finished', step: 300 })
    expect(history.rollbacks.length).toBeGreaterThan(0)
    const { step, options } = history.rollbacks[0]!
    expect(step % 10).toBe(0)
    expect(options).toEqual({ learningRate: 0.5 })
    // What was cured is over.
    expect(find(history.verdicts, 'divergence').holds).toBe(false)
    // Whoever resumes the run goes on at the rate that it has.
    const { config } = await RunFolder.open(begun.folder.path)
    expect(config.options.learningRate).toBe(0.5 ** history.rollbacks.length)
  })
})

it('rates that no halving helps end the run, and it says so', async () => {
  const run = { steps: 3000, onNan: 'rollback' } as const
  const options = { optimizer: 'sgd', learningRate: 10, discriminatorLearningRate: 10 }
  const { outcome, history } = await diagnosed('lsgan', run, options)
  expect(outcome).toMatchObject({
    code: 'ROLLBACKS_EXHAUSTED',
    message: expect.stringContaining('learningRate 0.3125'),
  })
  expect(history.rollbacks).toHaveLength(5)
})

it('looks do not change what is learnt', async () => {
  const weights = async (healthEvery: number) => {
    const { begun } = await diagnosed('vanilla', { steps: 30, healthEvery }, { hiddenUnits: 8 })
    return hashState((await begun.folder.newest()).checkpoint!.state)
  }
  expect(await weights(1)).toBe(await weights(1000))
})

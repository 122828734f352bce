import { createTfjsTraining } from '@gantry/backend-tfjs'
import { ndarray, type Phase, type State, type TrainingSession } from '@gantry/core'
import { describe, expect, it } from 'vitest'
import type { GanModel } from '../gan-model.ts'
import { buildVariant } from '../testing/fields.ts'
import { normal } from '../testing/formula.ts'

// Two replicas that see half of every batch each, and average what they gathered before each update, are one that sees it all.
const batch = 8
const narrow = { hiddenUnits: 6, latentSize: 3, generatorNormalization: 'none', discriminatorNormalization: 'none' }
const moving = { optimizer: 'sgd', learningRate: 0.05, emaRampUp: false, emaDecay: 0.5 }

const build = (variant: string, options: Record<string, unknown>, batchSize: number, split: boolean) =>
  buildVariant(variant, { options: { ...narrow, ...moving, ...options }, shape: [2], batchSize, split })

const prepare = (model: GanModel) => createTfjsTraining({ backend: 'cpu' }).prepare(model)

/** A part of the feeds of a whole batch: rows from `from`. */
function feedsOf({ name, feeds }: Phase<unknown>, step: number, from: number, rows: number) {
  return Object.fromEntries(
    Object.entries(feeds).map(
      ([
        feed,
        {
          shape: [, ...shape],
        },
      ]) => {
        const { values } = normal(`${name}/${feed}/${step}`, batch, ...shape)
        const size = values.length / batch
        const own = Float32Array.from(values.slice(from * size, (from + rows) * size))
        return [feed, ndarray('float32', [rows, ...shape], own)]
      },
    ),
  )
}

function average(states: readonly State[]): State {
  const [first] = states
  return Object.fromEntries(
    Object.entries(first!).map(([name, { shape, data }]) => {
      const sums = Float32Array.from(data as Float32Array, (_, index) =>
        states.reduce((sum, state) => sum + Number(state[name]!.data[index]), 0),
      )
      return [
        name,
        ndarray(
          'float32',
          shape,
          sums.map((sum) => sum / states.length),
        ),
      ]
    }),
  )
}

/** What a trainer of replicas does before a phase. */
async function gather(replicas: readonly TrainingSession[], names: readonly string[]): Promise<void> {
  const averaged = average(await Promise.all(replicas.map((replica) => replica.readState(names))))
  for (const replica of replicas) await replica.writeState(averaged, { partly: true })
}

const isDue = ({ every, offset = 0 }: Phase<unknown>, step: number) => step % every === offset

function expectClose(own: State, expected: State, at: string): void {
  for (const [name, { data }] of Object.entries(expected)) {
    for (const [index, value] of (data as Float32Array).entries()) {
      expect(Math.abs(Number(own[name]!.data[index]) - value), `${name} ${at}`).toBeLessThanOrEqual(2e-6)
    }
  }
}

describe('two replicas with half a batch each', () => {
  it.each([
    ['vanilla', { r1: 0.5, instanceNoise: 0 }, 4],
    ['vanilla', { criticSteps: 2, r1: 0.5, penaltyEvery: 2, weightClip: 0.4 }, 4],
    ['vanilla', { update: 'simultaneous', historicalAveraging: 0.1, gradientClipNorm: 0.5 }, 3],
    ['vanilla', { gradientAccumulation: 2 }, 4],
    ['vae', {}, 3],
    ['vae-gan', { optimizer: 'sgd' }, 3],
    ['vae-gan', { gradientAccumulation: 2 }, 4],
  ])('move as one with all of it: %s %j', async (variant, options, steps) => {
    const whole = build(variant, options, batch, false)
    const half = [build(variant, options, batch / 2, true), build(variant, options, batch / 2, true)] as const
    const alone = await prepare(whole)
    const replicas = [await prepare(half[0]), await prepare(half[1])]
    const start = await alone.readState()
    for (let step = 0; step < steps; step++) {
      for (const phase of half[0].phases.filter((own) => isDue(own, step))) {
        if (phase.gathers) await gather(replicas, phase.gathers)
        for (const [index, replica] of replicas.entries()) {
          await replica.run(phase.name, feedsOf(phase, step, (index * batch) / 2, batch / 2))
        }
        const own = whole.phases.find(({ name }) => name === phase.name)
        if (own) await alone.run(own.name, feedsOf(own, step, 0, batch))
      }
      // At the end of a round nobody has anything gathered.
      const expected = await alone.readState()
      if ((step + 1) % ('gradientAccumulation' in options ? 2 : 1) !== 0) continue
      for (const replica of replicas) expectClose(await replica.readState(), expected, `after step ${step}`)
    }
    const end = await alone.readState()
    const moved = Object.keys(start).filter((name) =>
      (start[name]!.data as Float32Array).some(
        (value, index) => Math.abs(value - Number(end[name]!.data[index])) > 1e-3,
      ),
    )
    expect(moved.length).toBeGreaterThan(Object.keys(start).length / 3)
    for (const model of [whole, ...half]) model.dispose()
  })
})

describe('the phases of a split model', () => {
  const plan = (variant: string, options: Record<string, unknown>) => {
    const model = build(variant, options, 4, true)
    model.dispose()
    return model.phases.map(({ name, every, offset = 0, gathers }) => [name, every, offset, gathers])
  }
  const of = (...players: string[]) => players.map((player) => `${player}/accumulated/`)

  it('update each player right after it learned, so that the order of players stays', () => {
    expect(plan('vanilla', { criticSteps: 2, r1: 1, penaltyEvery: 3 })).toEqual([
      ['discriminator', 1, 0, undefined],
      ['discriminator-update', 1, 0, of('discriminator')],
      ['generator', 2, 0, undefined],
      ['generator-update', 2, 0, of('generator')],
      ['penalty', 3, 0, undefined],
      ['penalty-update', 3, 0, of('discriminator')],
    ])
    expect(plan('vanilla', { update: 'simultaneous' })).toEqual([
      ['step', 1, 0, undefined],
      ['step-update', 1, 0, of('discriminator', 'generator')],
    ])
    expect(plan('vae-gan', {})).toEqual([
      ['discriminator', 1, 0, undefined],
      ['discriminator-update', 1, 0, of('discriminator')],
      ['autoencoder', 1, 0, undefined],
      ['autoencoder-update', 1, 0, of('encoder', 'generator')],
    ])
  })

  it('update at the end of a round where gradients of several batches are gathered', () => {
    expect(plan('vanilla', { gradientAccumulation: 3 })).toEqual([
      ['discriminator', 1, 0, undefined],
      ['generator', 1, 0, undefined],
      ['update', 3, 2, of('discriminator', 'generator')],
    ])
  })
})

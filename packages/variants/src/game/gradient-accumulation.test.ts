import '@tensorflow/tfjs-backend-cpu'
import { createOnnxRuntimeTraining } from '@gantry/backend-onnxruntime'
import { compileModel } from '@gantry/compiler'
import { type NDArray, ndarray, type State, type TrainingSession } from '@gantry/core'
import { setBackend } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import type { GanModel } from '../gan-model.ts'
import { ownDiscriminator, ownGenerator } from '../own-networks.ts'
import { boundSamples, buildVariant } from '../testing/fields.ts'
import { normal } from '../testing/formula.ts'
import { adversarialGame } from './adversarial-game.ts'
import { gameOptions } from './game-options.ts'

// No layer looks at other samples, and every term is a mean over samples or of weights alone.
const alone = { generatorNormalization: 'none', discriminatorNormalization: 'none', dropout: 0 }
const narrow = { generatorWidth: 4, discriminatorWidth: 4, latentSize: 8, ...alone }
const shape = [16, 16, 1]

function build(variant: string, options: Record<string, unknown>, batchSize: number): GanModel {
  return buildVariant(variant, { options, shape, batchSize, classes: 3 })
}

async function prepare(options: Record<string, unknown>, batchSize: number): Promise<TrainingSession> {
  const model = build('dcgan', { ...narrow, ...options }, batchSize)
  const session = await createOnnxRuntimeTraining({ device: 'cpu', threads: 1 }).prepare(await compileModel(model))
  model.dispose()
  return session
}

/** A feed of a large batch, or one of the small batches that it consists of. */
function feed(name: string, round: number, part?: number): NDArray {
  const own = name === 'samples' ? shape : [narrow.latentSize]
  const { values } = normal(`${name}/${round}`, 16, ...own)
  const size = part === undefined ? values.length : values.length / 2
  const numbers = Float32Array.from(values.slice((part ?? 0) * size, ((part ?? 0) + 1) * size))
  return ndarray('float32', [part === undefined ? 16 : 8, ...own], numbers)
}

const belongsTo = (player: string) => (name: string) =>
  name.startsWith(`${player}/`) || (player === 'generator' && name.startsWith('generatorEma/'))

const pick = (state: State, keep: (name: string) => boolean): State =>
  Object.fromEntries(Object.entries(state).filter(([name]) => keep(name)))

/** ‖a - b‖ ≤ tolerance·‖b - start‖, but for float32's rounding, for every array of the networks and of what follows them. */
function expectSameMovement(own: State, other: State, start: State, tolerance: number): void {
  for (const [name, { data }] of Object.entries(other)) {
    let [difference, norm] = [0, 0]
    for (const [index, value] of (data as Float32Array).entries()) {
      difference += (Number(own[name]!.data[index]) - value) ** 2
      norm += (value - Number(start[name]!.data[index])) ** 2
    }
    expect(Math.sqrt(difference), name).toBeLessThanOrEqual(tolerance * Math.sqrt(norm) + 1e-7)
  }
}

beforeAll(async () => {
  await setBackend('cpu')
})

describe('two batches of 8 with gradient accumulation', () => {
  it.each([
    ['sgd', { optimizer: 'sgd', learningRate: 0.05 }],
    ['adam', { optimizer: 'adam', learningRate: 0.01 }],
    [
      'whatever else belongs to an update',
      {
        optimizer: 'sgd',
        learningRate: 0.3,
        r1: 1,
        gradientClipNorm: 0.05,
        weightClip: 0.03,
        historicalAveraging: 0.5,
        orthogonalRegularization: 0.1,
        emaDecay: 0.5,
        learningRateSchedule: 'linear',
        learningRateDecaySteps: 3,
      },
    ],
  ])('move both players as one batch of 16 from the same weights: %s', async (_, options) => {
    const small = await prepare({ ...options, gradientAccumulation: 2 }, 8)
    const large = await prepare(options, 16)
    for (let round = 0; round < 3; round++) {
      const start = await large.readState()
      const latent = (phase: string, part?: number) => feed(`${phase}/latent`, round, part)
      for (const part of [0, 1]) {
        await small.run('discriminator', {
          samples: feed('samples', round, part),
          latent: latent('discriminator', part),
        })
        await small.run('generator', { latent: latent('generator', part) })
        const gathered = pick(await small.readState(), (name) => !name.includes('/accumulated/'))
        // The slots hold the gradients; nothing else has moved.
        if (part === 0 && round === 0) expect(gathered).toEqual(start)
      }
      expect(await small.run('update', {})).toEqual({})
      await large.run('discriminator', { samples: feed('samples', round), latent: latent('discriminator') })
      const discriminator = pick(await large.readState(), belongsTo('discriminator'))
      // The generator of an accumulation answers the discriminator that all batches were judged by.
      await large.writeState(start)
      await large.run('generator', { latent: latent('generator') })
      const expected = { ...(await large.readState()), ...discriminator }
      await large.writeState(expected)

      const state = await small.readState()
      expectSameMovement(state, expected, start, 1e-3)
      const slots = Object.entries(pick(state, (name) => name.includes('/accumulated/')))
      expect(slots.length).toBeGreaterThan(0)
      for (const [name, { data }] of slots)
        expect(
          (data as Float32Array).every((value) => value === 0),
          name,
        ).toBe(true)
      // Rounding of one round is not carried into the next.
      await small.writeState({ ...state, ...expected })
    }
    await Promise.all([small.dispose(), large.dispose()])
  })
})

describe('the phases and the state of a model', () => {
  const scheduleOf = ({ phases }: GanModel) => phases.map(({ name, every, offset = 0 }) => [name, every, offset])
  const slotsOf = ({ variables }: GanModel) => Object.keys(variables).filter((name) => name.includes('accumulated'))

  it.each([
    ['dcgan', narrow, ['discriminator', 'generator']],
    ['dcgan', { ...narrow, update: 'simultaneous' }, ['step']],
    ['vae', narrow, ['step']],
    ['vae-gan', narrow, ['discriminator', 'autoencoder']],
  ])('%s %j: an update at the last of every three steps, a slot for every weight', (variant, options, names) => {
    const plain = build(variant, options, 4)
    expect(scheduleOf(plain)).toEqual(names.map((name) => [name, 1, 0]))
    expect(slotsOf(plain)).toEqual([])
    const gathering = build(variant, { ...options, gradientAccumulation: 3 }, 4)
    expect(scheduleOf(gathering)).toEqual([...names.map((name) => [name, 1, 0]), ['update', 3, 2]])
    const moments = Object.keys(plain.variables).filter((name) => /\/(m|rms)$/.test(name))
    expect(slotsOf(gathering).sort()).toEqual(
      moments.map((name) => name.replace(/\/(adam|rmsprop)\/(.*)\/(m|rms)$/, '/accumulated/$2')).sort(),
    )
    for (const model of [plain, gathering]) model.dispose()
  })

  it('networks of your own are refused what they cannot do, too', async () => {
    const { layers, sequential } = await import('@tensorflow/tfjs-layers')
    const dense = (inputs: number, units: number) =>
      sequential({ layers: [layers.dense({ inputShape: [inputs], units })] })
    const options = gameOptions.parse({ latentSize: 3, criticSteps: 2, gradientAccumulation: 2 })
    const build = () =>
      adversarialGame({
        name: 'own',
        generator: ownGenerator(dense(3, 2)),
        generatorEma: ownGenerator(dense(3, 2)),
        discriminator: ownDiscriminator(dense(2, 1)),
        options,
        samples: boundSamples([2]),
        batchSize: 4,
      })
    expect(build).toThrow(expect.objectContaining({ code: 'OPTIONS_CONFLICT' }))
  })
})

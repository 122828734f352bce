import '@tensorflow/tfjs-backend-cpu'
import { withNoise } from '@gantry/tfjs'
import { setBackend, type Tensor, tensor, tidy, zeros } from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { channelsAt } from '../architectures/doubling-maps.ts'
import type { GanModel } from '../gan-model.ts'
import { buildVariant } from '../testing/fields.ts'
import { planStyles } from './style-plan.ts'

const narrow = { generatorWidth: 4, discriminatorWidth: 4, latentSize: 3, styleSize: 4, mappingLayers: 1 }
const build = (options: Record<string, unknown> = {}, shape: readonly number[] = [8, 8, 1], classes?: number) =>
  buildVariant('stylegan2', {
    ...{ shape, batchSize: 4, options: { ...narrow, ...options } },
    ...(classes !== undefined && { classes }),
  })

beforeAll(() => setBackend('cpu'))

describe('sizes', () => {
  it.each([
    [8, 4],
    [32, 8],
    [1024, 18],
  ])('of %i pixels have %i styles', (size, styles) => {
    const plan = planStyles('stylegan2', { modality: 'image', shape: [size, size, 3] })
    expect(plan).toMatchObject({ size, styles, channels: 3 })
    expect([plan.sides[0], plan.sides.at(-1)]).toEqual([4, size])
  })

  it.each([
    [[28, 28, 1], 'Use --size 32.'],
    [[48, 48, 3], 'Use --size 64.'],
    [[4, 4, 3], 'Use --size 8.'],
    [[2048, 2048, 3], 'Use --size 1024.'],
    [[32, 16, 3], 'Use --size 16.'],
  ])('of %j are refused, with the nearest', (shape, fix) => {
    expect(() => planStyles('stylegan2', { modality: 'image', shape })).toThrow(
      expect.objectContaining({ code: 'SIZE_IMPOSSIBLE', message: expect.stringContaining(fix) }),
    )
  })

  it('have as many channels as the authors’', () => {
    expect([4, 64, 128, 1024].map((side) => channelsAt(side, 512, 32_768))).toEqual([512, 512, 256, 32])
  })
})

it.each([
  [{ pathLengthShrink: 3 }, 'pathLengthShrink 3 does not divide the batch size 4'],
  [{ gradientAccumulation: 2, penaltyEvery: 1 }, 'pathLengthEvery 4 regularises path lengths in some of them only'],
  [{ gradientAccumulation: 2 }, 'penaltyEvery 16 takes the penalty in some of them only'],
  [{ minibatchStandardDeviation: 3 }, 'minibatchStandardDeviation 3 does not divide the 4 samples'],
  [{ adaptiveAugmentTarget: 0.6 }, 'augment lists no augmentation'],
])('refuses %j', (options, message) => {
  expect(() => build(options)).toThrow(
    expect.objectContaining({ code: 'OPTIONS_CONFLICT', message: expect.stringContaining(message) }),
  )
})

it('needs labels only where it is conditioned on them', () => {
  expect(() => build({ conditioning: 'projection' })).toThrow(expect.objectContaining({ code: 'FIELD_MISSING' }))
  const [plain, conditional] = [build({}, undefined, 3), build({ conditioning: 'projection' }, undefined, 3)]
  const inputs = ({ functions }: GanModel) => Object.keys(functions[0]!.inputs)
  expect(inputs(plain)).toEqual(['latent', 'truncation', 'noise'])
  expect(inputs(conditional)).toEqual(['latent', 'labels', 'truncation', 'noise'])
  for (const model of [plain, conditional]) model.dispose()
})

it('regularises at intervals, and lets the average follow once a step', () => {
  const model = build()
  expect(model.phases.map(({ name, every }) => [name, every])).toEqual([
    ['discriminator', 1],
    ['generator', 1],
    ['path-length', 4],
    ['penalty', 16],
  ])
  const shapes = model.phases.map(({ feeds }) => feeds.latent!.shape)
  expect(shapes).toEqual([
    [4, 3],
    [4, 3],
    [2, 3],
    [4, 3],
  ])
  model.dispose()
})

describe('the functions', () => {
  let model: GanModel
  beforeAll(() => {
    model = build()
    // What is learnt begins at 0, and would hide the noise; an average that is not 0 shows truncation.
    for (const [name, variable] of Object.entries(model.variables)) {
      if (name.endsWith('/strength')) variable.assign(tensor(0.7))
      if (name.endsWith('mapping/average')) variable.assign(tensor([0.5, -1, 0.2, 0.1]))
    }
  })
  afterAll(() => model.dispose())

  const latent = [0.3, -1, 0.5, 1.2, 0.1, -0.4]
  const ones = [1, 1]
  let draws = 0
  const run = (name: string, inputs: Record<string, Tensor>) =>
    withNoise(
      ({ shape }) =>
        tensor(
          Array.from({ length: shape.reduce((left, right) => left * right, 1) }, () => Math.sin(++draws)),
          [...shape],
        ),
      () => model.functions.find((own) => own.name === name)!.program(inputs),
    )
  const numbers = (own: Tensor | undefined) => [...own!.dataSync()]
  const generated = (truncation: number[], noise: number[]) =>
    tidy(() => {
      const inputs = { latent: tensor(latent, [2, 3]), truncation: tensor(truncation), noise: tensor(noise) }
      return numbers(run('generate', inputs).samples)
    })

  it('draw everything to the average at truncation 0, so that without noise all samples are one', () => {
    const same = generated([0, 0], [0, 0])
    expect(same.slice(0, 64)).toEqual(same.slice(64))
    const own = generated([1, 1], [0, 0])
    expect(own.slice(0, 64)).not.toEqual(own.slice(64))
  })

  it('have noise, or none, sample by sample', () => {
    const [first, second] = [generated(ones, [0, 1]), generated(ones, [0, 1])]
    expect(first.slice(0, 64)).toEqual(second.slice(0, 64))
    expect(first.slice(64)).not.toEqual(second.slice(64))
  })

  it('are mapping and synthesis, one after the other', () => {
    tidy(() => {
      const mapped = run('mapping', { latent: tensor(latent, [2, 3]), truncation: tensor([0.7, 0.7]) })
      expect(mapped.styles!.shape).toEqual([2, 4, 4])
      const [w] = numbers(mapped.w)
      expect(
        numbers(mapped.styles)
          .filter((_, index) => index % 4 === 0)
          .slice(0, 4),
      ).toEqual([w, w, w, w])
      const { samples } = run('synthesis', { styles: mapped.styles!, noise: zeros([2]) })
      expect(numbers(samples)).toEqual(generated([0.7, 0.7], [0, 0]))
    })
  })

  it('bound what they make, as images are', () => {
    tidy(() => {
      const { samples } = run('synthesis', {
        styles: tensor(
          Array.from({ length: 32 }, () => 40),
          [2, 4, 4],
        ),
        noise: zeros([2]),
      })
      expect(Math.max(...numbers(samples).map(Math.abs))).toBe(1)
    })
  })

  it('take truncation within its range only', () => {
    const [generate] = model.functions
    expect(generate!.inputs.truncation).toMatchObject({ modality: 'number', otherwise: 1, range: [-2, 2] })
    expect(generate!.inputs.noise).toMatchObject({ modality: 'number', otherwise: 1, range: [0, 1] })
  })
})

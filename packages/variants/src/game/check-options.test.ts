import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-layers'
import { setBackend } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { findVariant, variants } from '../registry.ts'
import { buildVariant, samplesOf } from '../testing/fields.ts'
import { checkOptions } from './check-options.ts'
import { gameOptions } from './game-options.ts'

interface Conflict {
  readonly options: Record<string, unknown>
  /** Both sides, as the message names them. */
  readonly names: readonly [string, string]
  readonly batchSize?: number
  readonly shape?: readonly number[]
}

const penalties = [{ gradientPenalty: 10 }, { r1: 1 }, { r2: 1 }]
const alone = { discriminatorNormalization: 'none' }

const conflicts: readonly Conflict[] = [
  { options: { packing: 3 }, names: ['packing 3', 'batch size 16'] },
  { options: { minibatchStandardDeviation: 5 }, names: ['minibatchStandardDeviation 5', '16 samples'] },
  {
    options: { minibatchStandardDeviation: 4, packing: 2 },
    batchSize: 12,
    names: ['minibatchStandardDeviation 4', '6 samples'],
  },
  {
    options: { weightClip: 0.01, discriminatorNormalization: 'spectral' },
    names: ['weightClip', 'discriminatorNormalization spectral'],
  },
  ...penalties.flatMap((penalty): Conflict[] => [
    {
      options: { ...penalty, discriminatorNormalization: 'batch' },
      names: [Object.keys(penalty)[0]!, 'discriminatorNormalization batch'],
    },
    {
      options: { ...penalty, ...alone, minibatchDiscrimination: 8 },
      names: [Object.keys(penalty)[0]!, 'minibatchDiscrimination'],
    },
  ]),
  { options: { update: 'simultaneous', criticSteps: 5 }, names: ['update simultaneous', 'criticSteps is 5'] },
  {
    options: { gradientAccumulation: 4, criticSteps: 5 },
    names: ['gradientAccumulation 4', 'criticSteps is 5'],
  },
  {
    options: { gradientAccumulation: 4, ...alone, r1: 1, penaltyEvery: 16 },
    names: ['gradientAccumulation 4', 'penaltyEvery 16'],
  },
  { options: { realLabel: 0.9, loss: 'wasserstein' }, names: ['realLabel 0.9', 'loss wasserstein'] },
  { options: { realLabel: 0.9, loss: 'hinge' }, names: ['realLabel 0.9', 'loss hinge'] },
  { options: { adaptiveAugmentTarget: 0.6 }, names: ['adaptiveAugmentTarget', 'augment lists no'] },
  { options: { augment: ['color'] }, shape: [2], names: ['augment', 'modality points'] },
  { options: { augment: ['bgc', 'ada-color'] }, names: ['augment bgc, ada-color', 'ada-color more than once'] },
  ...['translation', 'ada-geometry', 'bg', 'bgcfnc'].map((policy) => ({
    options: { augment: [policy] },
    shape: [8, 3, 1],
    names: ['whole pixels, up to an eighth', '8×3 pixels'] as const,
  })),
  ...['cutout', 'ada-cutout', 'ada-filter'].map((policy) => ({
    options: { augment: [policy] },
    shape: [1, 8, 3],
    names: [`augment ${policy} `, '1×8 pixels'] as const,
  })),
  { options: { instanceNoiseDecaySteps: 100 }, names: ['instanceNoiseDecaySteps', 'instanceNoise is 0'] },
  { options: { penaltyEvery: 16 }, names: ['penaltyEvery is 16', 'no gradient penalty'] },
]

function check({ options, batchSize = 16, shape = [16, 16, 3] }: Omit<Conflict, 'names'>): void {
  checkOptions('dcgan', gameOptions.parse(options), { batchSize, samples: samplesOf(shape) })
}

describe('options that do not go together', () => {
  it.each(conflicts)('$names of $options', ({ names, ...conflict }) => {
    const [left, right] = names.map((name) => expect.stringContaining(name))
    for (const message of [left, right, expect.stringMatching(/^dcgan: .*\. [A-Z].*\.$/)]) {
      expect(() => check(conflict)).toThrow(
        expect.objectContaining({ name: 'ConfigurationError', code: 'OPTIONS_CONFLICT', exitCode: 2, message }),
      )
    }
  })

  it.each([
    {},
    { packing: 4, minibatchStandardDeviation: 4 },
    { weightClip: 0.01, discriminatorNormalization: 'layer' },
    { r1: 1, r2: 1, gradientPenalty: 1, penaltyEvery: 16, discriminatorNormalization: 'spectral' },
    { minibatchDiscrimination: 8, minibatchStandardDeviation: 4 },
    ...penalties.map((penalty) => ({ ...penalty, ...alone, minibatchStandardDeviation: 4 })),
    { update: 'simultaneous' },
    { update: 'simultaneous', gradientAccumulation: 4 },
    { gradientAccumulation: 4, r1: 1, weightClip: 1, historicalAveraging: 1, discriminatorNormalization: 'layer' },
    { gradientAccumulation: 4, augment: ['color'], adaptiveAugmentTarget: 0.6 },
    { realLabel: 0.9, loss: 'least-squares', relativistic: true, flipLabels: 0.1 },
    { augment: ['color'], adaptiveAugmentTarget: 0.6 },
    { augment: ['color', 'translation', 'cutout', 'bgcfnc'] },
    { instanceNoise: 0.1, instanceNoiseDecaySteps: 100 },
  ])('%o do', (options) => {
    expect(() => check({ options })).not.toThrow()
  })
})

describe('a variant', () => {
  beforeAll(async () => {
    await setBackend('cpu')
  })

  const build = (name: string, options: Record<string, unknown>, shape: readonly number[]) => () =>
    buildVariant(name, { options, shape, batchSize: 8 })

  it('refuses conflicts before anything is built', () => {
    expect(build('wgan', { discriminatorNormalization: 'spectral' }, [2])).toThrow(
      expect.objectContaining({ code: 'OPTIONS_CONFLICT', message: expect.stringMatching(/^wgan: weightClip and /) }),
    )
  })

  it.each(['cgan', 'acgan'])('%s refuses unlabelled data', (name) => {
    const message = expect.stringMatching(`'${name}' needs .* label as 'labels', but the data set has 'points'`)
    expect(build(name, {}, [2])).toThrow(expect.objectContaining({ code: 'FIELD_MISSING', message }))
  })

  it('infogan refuses codes that do not fit into the latent vector', () => {
    const message = expect.stringContaining('10 categories and 2 continuousCodes do not fit into latentSize 11')
    expect(build('infogan', { latentSize: 11 }, [2])).toThrow(
      expect.objectContaining({ code: 'OPTIONS_CONFLICT', message }),
    )
    expect(build('infogan', { latentSize: 12, hiddenUnits: 4 }, [2])).not.toThrow()
  })

  it.each([[[2]], [[16, 12, 3]], [[30, 30, 1]], [[3, 3, 1]]])(
    'strided convolutions refuse samples of shape %j',
    (shape) => {
      expect(build('lsgan', { architecture: 'dcgan' }, shape)).toThrow(
        expect.objectContaining({ code: 'SIZE_IMPOSSIBLE', message: expect.stringContaining(`[${shape}]`) }),
      )
    },
  )

  it.each(variants.map(({ name, schema }) => [name, schema] as const))(
    '%s refuses options that it does not know, and names them',
    (_, schema) => {
      const { error } = schema.safeParse({ learningrate: 1 })
      expect(error?.issues).toMatchObject([{ code: 'unrecognized_keys', keys: ['learningrate'] }])
    },
  )

  it('cannot be made another variant by its options', () => {
    const fixed = { lsgan: 'loss', wgan: 'loss', 'wgan-gp': 'loss', sngan: 'loss', ragan: 'relativistic' }
    for (const [name, option] of Object.entries({ ...fixed, dragan: 'gradientPenaltyAt', dcgan: 'architecture' })) {
      expect(Object.keys(findVariant(name).schema.shape), name).not.toContain(option)
    }
  })
})

/** What the papers train with, where they say it, and what is common to all. */
const papers: Readonly<Record<string, Record<string, unknown>>> = {
  // Radford et al. 2016, section 4: Adam, 0.0002, β₁ 0.5; 100 numbers of noise.
  dcgan: { optimizer: 'adam', learningRate: 2e-4, beta1: 0.5, beta2: 0.999, latentSize: 100, criticSteps: 1 },
  lsgan: { optimizer: 'adam', learningRate: 2e-4, beta1: 0.5, realLabel: 1 },
  // Arjovsky et al. 2017, algorithm 1.
  wgan: { optimizer: 'rmsprop', learningRate: 5e-5, beta2: 0.99, weightClip: 0.01, criticSteps: 5, gradientPenalty: 0 },
  // Gulrajani et al. 2017, algorithm 1 and section 4.
  'wgan-gp': {
    optimizer: 'adam',
    gradientPenalty: 10,
    gradientPenaltyAt: 'interpolated',
    criticSteps: 5,
    learningRate: 1e-4,
    beta1: 0,
    beta2: 0.9,
    discriminatorNormalization: 'layer',
    weightClip: undefined,
  },
  // Miyato et al. 2018, table 1, setting C.
  sngan: { learningRate: 2e-4, beta1: 0.5, beta2: 0.999, criticSteps: 1, discriminatorNormalization: 'spectral' },
  // Kodali et al. 2017, section 3.
  dragan: { loss: 'non-saturating', gradientPenalty: 10, discriminatorNormalization: 'layer' },
  ragan: { loss: 'non-saturating', learningRate: 2e-4 },
  // Chen et al. 2016, appendix C.1.
  infogan: {
    categories: 10,
    continuousCodes: 2,
    latentSize: 74,
    codeWeight: 1,
    learningRate: 1e-3,
    discriminatorLearningRate: 2e-4,
  },
  // Karras et al. 2018, section A.1.
  progan: { minibatchStandardDeviation: 4 },
  // Karras et al. 2019, appendix C, and 2020, appendix B: both have R1 and the spread of a batch.
  stylegan: { r1: 10, penaltyEvery: 1, minibatchStandardDeviation: 4, beta1: 0, beta2: 0.99, styleMixing: 0.9 },
  stylegan2: { r1: 10, penaltyEvery: 16, minibatchStandardDeviation: 4, pathLength: 2, pathLengthEvery: 4 },
  vae: { optimizer: 'adam', beta1: 0.9, learningRate: 1e-3, priorWeight: 1 },
  // Larsen et al. 2016, section 4.
  'vae-gan': { optimizer: 'rmsprop', learningRate: 3e-4, priorWeight: 1 },
}

describe('defaults', () => {
  it.each(Object.entries(papers))('of %s are those of its paper', (name, expected) => {
    const options = findVariant(name).schema.parse({})
    expect(Object.fromEntries(Object.keys(expected).map((key) => [key, options[key]]))).toEqual(expected)
  })

  it('of all adversarial variants leave every stabiliser out that the paper does not have', () => {
    const off = {
      realLabel: 1,
      flipLabels: 0,
      instanceNoise: 0,
      layerNoise: 0,
      dropout: 0,
      minibatchDiscrimination: 0,
      minibatchStandardDeviation: 0,
      featureMatching: 0,
      historicalAveraging: 0,
      orthogonalRegularization: 0,
      r1: 0,
      r2: 0,
      augment: [],
      packing: 1,
      learningRateSchedule: 'constant',
      initializer: 'architecture',
    }
    for (const { name, schema } of variants) {
      if (!('realLabel' in schema.shape)) continue
      // Where dropout is the generator's noise it is no stabiliser.
      const isNoise = (option: string) => option === 'dropout' && 'dropoutInUse' in schema.shape
      const isOfPaper = (option: string) => option in (papers[name] ?? {})
      const own = Object.entries(off).filter(
        ([option]) => option in schema.shape && !isNoise(option) && !isOfPaper(option),
      )
      expect(schema.parse({}), name).toMatchObject(Object.fromEntries(own))
    }
  })
})

import { ConfigurationError, type Fields, imageField, labelField } from '@gantry/core'
import { BATCH_SIZE } from './tutorial.ts'

/** A model of @gantry/variants, by what it is built from. */
export interface VariantSource {
  readonly variant: string
  readonly options: Readonly<Record<string, unknown>>
  /** A stage of it that comes before; the last by default. */
  readonly stage?: string
  /** Of the data that it would train on. */
  readonly fields: Fields
}

/** What a user of PyTorch would try, and what the table says of it. */
export const notesOfWays = {
  joined: 'real and generated images in one batch',
  apart: 'real and generated images in two batches',
  scaled: 'modulation by scaled maps',
  grouped: 'modulation by a kernel for every sample, in groups',
} as const

export type TwinWay = keyof typeof notesOfWays

/** Where no layer of the discriminator mixes samples or remembers its calls, real and generated images may be one batch. */
const inOneBatchOrTwo = ['joined', 'apart'] as const
const inTwoBatches = ['apart'] as const

/** One kind of training step that engines are compared at. */
export interface BenchCase {
  readonly name: string
  readonly title: string
  readonly batchSize: number
  /** What is trained: the tutorial's DCGAN, which every engine here has, or a variant of Gantry. */
  readonly source: 'tutorial' | VariantSource
  /**
   * Phases of one step, in their order, and the scalars of each that engines must agree on. Where some run only every few steps, a step
   * takes what it does on average.
   */
  readonly phases: Readonly<Record<string, readonly string[]>>
  /** How its PyTorch twin can compute it, with the same numbers: where there are several ways, the fastest counts. */
  readonly twinWays: readonly TwinWay[]
  /** What a reader should know of the step. */
  readonly description: string
}

/** Pairs of colour pictures of a size. */
const pictures = (size: number): Fields => ({
  source: imageField([size, size, 3]),
  target: imageField([size, size, 3]),
})

/** StyleGAN2 with the widths of its presets. */
const styleGan2 = (size: number, r1: number): BenchCase => ({
  name: `stylegan2-${size}`,
  title: `StyleGAN2, ${size}×${size} RGB`,
  batchSize: 32,
  source: {
    variant: 'stylegan2',
    options: {
      ...{
        latentSize: 128,
        styleSize: 128,
        mappingLayers: 4,
        generatorWidth: 128,
        discriminatorWidth: 128,
        channelBase: 1024,
      },
      ...{ learningRate: 0.0025, r1, emaHalfLife: 10_000, emaRampUpShare: 0.05 },
    },
    fields: { image: imageField([size, size, 3]) },
  },
  phases: {
    discriminator: ['discriminatorLoss'],
    generator: ['generatorLoss'],
    'path-length': ['pathPenalty'],
    penalty: ['r1'],
  },
  twinWays: ['scaled', 'grouped'],
  description:
    'Karras et al. 2020 with at most 128 channels: a discriminator step, a generator step with noise of its own and the moving average; every fourth also path lengths of half a batch, every sixteenth R1, and times are averages of sixteen steps',
})

export const cases: readonly BenchCase[] = [
  {
    name: 'tutorial',
    title: "DCGAN of TensorFlow's tutorial, 28×28",
    batchSize: BATCH_SIZE,
    source: 'tutorial',
    phases: { step: ['discriminatorLoss', 'generatorLoss'] },
    twinWays: inOneBatchOrTwo,
    description:
      'one forward pass of each network, the gradients of both losses, both Adam updates; dropout is left out in every engine',
  },
  {
    name: 'wgan-gp',
    title: 'WGAN-GP, one critic step, 28×28',
    batchSize: BATCH_SIZE,
    source: {
      variant: 'wgan-gp',
      options: { discriminatorNormalization: 'none' },
      fields: { image: imageField([28, 28, 1]) },
    },
    phases: { discriminator: ['discriminatorLoss', 'gradientPenalty'] },
    twinWays: inOneBatchOrTwo,
    description:
      'a DCGAN critic without normalization (64 and 128 channels, 4×4 kernels); the gradient penalty differentiates a gradient',
  },
  {
    name: 'cdcgan-64',
    title: 'Conditional DCGAN, 64×64 RGB, 10 classes',
    batchSize: BATCH_SIZE,
    source: {
      variant: 'cgan',
      options: {},
      fields: { image: imageField([64, 64, 3]), label: labelField(Array.from('0123456789')) },
    },
    phases: { discriminator: ['discriminatorLoss'], generator: ['generatorLoss'] },
    twinWays: inTwoBatches,
    description:
      'a discriminator step, then a generator step with noise of its own, then the moving average of the generator',
  },
  {
    name: 'sngan-resnet',
    title: 'SNGAN, residual networks, 32×32 RGB',
    batchSize: BATCH_SIZE,
    source: {
      variant: 'sngan',
      options: { architecture: 'resnet', generatorWidth: 256, discriminatorWidth: 128 },
      fields: { image: imageField([32, 32, 3]) },
    },
    phases: { discriminator: ['discriminatorLoss'], generator: ['generatorLoss'] },
    twinWays: inTwoBatches,
    description:
      'Miyato et al. 2018, table 4: 256 and 128 channels, hinge loss, one power iteration a call; a step of each network and the moving average',
  },
  {
    name: 'pix2pix',
    title: 'Pix2Pix, 256×256 RGB',
    batchSize: 1,
    source: { variant: 'pix2pix', options: {}, fields: pictures(256) },
    phases: { discriminator: ['discriminatorLoss'], generator: ['generatorLoss', 'pixelLoss'] },
    twinWays: inOneBatchOrTwo,
    description:
      "Isola et al. 2017, section 6.1: a U-Net and a PatchGAN of 70 pixels, 64 to 512 channels, instance normalization; a discriminator step, then a generator step with the distance of pixels; dropout's noise is given",
  },
  {
    name: 'cyclegan',
    title: 'CycleGAN, 128×128 RGB',
    batchSize: 1,
    source: { variant: 'cyclegan', options: {}, fields: pictures(128) },
    phases: { step: ['generatorLoss', 'discriminatorLoss', 'discriminatorLossBack'] },
    twinWays: inOneBatchOrTwo,
    description:
      'Zhu et al. 2017, section 7: two residual generators of 6 blocks, two PatchGANs, least squares, cycle and identity losses, the pools of earlier images; one update of all four networks',
  },
  {
    name: 'srresnet',
    title: 'SRResNet, ×4 to 96×96 RGB',
    batchSize: 4,
    source: { variant: 'srgan', options: {}, stage: 'pretrain', fields: { image: imageField([96, 96, 3]) } },
    phases: { pretrain: ['pixelLoss'] },
    twinWays: inTwoBatches,
    description:
      'Ledig et al. 2017, figure 4: 16 residual blocks of 64 channels, batch normalization, pixel shuffle; the stage on pixels, with the small images made in the step',
  },
  styleGan2(32, 0.05),
  styleGan2(64, 0.1),
]

export function findCase(name: string): BenchCase {
  const found = cases.find((each) => each.name === name)
  if (found !== undefined) return found
  throw new ConfigurationError({
    code: 'CASE_UNKNOWN',
    message: `There is no case '${name}'.`,
    fix: `The cases are ${cases.map((each) => each.name).join(', ')}.`,
  })
}

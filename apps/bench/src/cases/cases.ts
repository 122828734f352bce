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

/** One kind of training step that engines are compared at. */
export interface BenchCase {
  readonly name: string
  readonly title: string
  readonly batchSize: number
  /** What is trained: the tutorial's DCGAN, which every engine here has, or a variant of Gantry. */
  readonly source: 'tutorial' | VariantSource
  /** Phases of one step, in their order, and the scalars of each that engines must agree on. */
  readonly phases: Readonly<Record<string, readonly string[]>>
  /** No layer of the discriminator mixes samples or remembers its calls: real and generated images may be one batch. */
  readonly joinable: boolean
  /** What a reader should know of the step. */
  readonly description: string
}

/** Pairs of colour pictures of a size. */
const pictures = (size: number): Fields => ({
  source: imageField([size, size, 3]),
  target: imageField([size, size, 3]),
})

export const cases: readonly BenchCase[] = [
  {
    name: 'tutorial',
    title: "DCGAN of TensorFlow's tutorial, 28×28",
    batchSize: BATCH_SIZE,
    source: 'tutorial',
    phases: { step: ['discriminatorLoss', 'generatorLoss'] },
    joinable: true,
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
    joinable: true,
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
    joinable: false,
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
    joinable: false,
    description:
      'Miyato et al. 2018, table 4: 256 and 128 channels, hinge loss, one power iteration a call; a step of each network and the moving average',
  },
  {
    name: 'pix2pix',
    title: 'Pix2Pix, 256×256 RGB',
    batchSize: 1,
    source: { variant: 'pix2pix', options: {}, fields: pictures(256) },
    phases: { discriminator: ['discriminatorLoss'], generator: ['generatorLoss', 'pixelLoss'] },
    joinable: true,
    description:
      "Isola et al. 2017, section 6.1: a U-Net and a PatchGAN of 70 pixels, 64 to 512 channels, instance normalization; a discriminator step, then a generator step with the distance of pixels; dropout's noise is given",
  },
  {
    name: 'cyclegan',
    title: 'CycleGAN, 128×128 RGB',
    batchSize: 1,
    source: { variant: 'cyclegan', options: {}, fields: pictures(128) },
    phases: { step: ['generatorLoss', 'discriminatorLoss', 'discriminatorLossBack'] },
    joinable: true,
    description:
      'Zhu et al. 2017, section 7: two residual generators of 6 blocks, two PatchGANs, least squares, cycle and identity losses, the pools of earlier images; one update of all four networks',
  },
  {
    name: 'srresnet',
    title: 'SRResNet, ×4 to 96×96 RGB',
    batchSize: 4,
    source: { variant: 'srgan', options: {}, stage: 'pretrain', fields: { image: imageField([96, 96, 3]) } },
    phases: { pretrain: ['pixelLoss'] },
    joinable: false,
    description:
      'Ledig et al. 2017, figure 4: 16 residual blocks of 64 channels, batch normalization, pixel shuffle; the stage on pixels, with the small images made in the step',
  },
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

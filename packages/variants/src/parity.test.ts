import '@tensorflow/tfjs-backend-cpu'
import { createOnnxRuntimeInference, createOnnxRuntimeTraining } from '@gantry/backend-onnxruntime'
import { createTfjsTraining } from '@gantry/backend-tfjs'
import { compileModel, exportFunction } from '@gantry/compiler'
import {
  batchedSpecs,
  type DrawFeed,
  lengthOf,
  type NamedLengths,
  type NDArray,
  ndarray,
  type Ports,
  RandomStream,
  sizeOfShape,
  type TensorSpec,
} from '@gantry/core'
import { setBackend } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import type { GanModel } from './gan-model.ts'
import { buildVariant } from './testing/fields.ts'
import { drawAt, drawFeeds, weightError } from './testing/training-feeds.ts'

interface Case {
  readonly variant: string
  readonly shape: readonly number[]
  readonly options: Record<string, unknown>
  readonly stage?: string
}

const narrow = { generatorWidth: 4, discriminatorWidth: 4 }

/** Trained with every optimizer. */
const thorough = 5

const cases: readonly Case[] = [
  { variant: 'vanilla', shape: [2], options: { hiddenUnits: 16, loss: 'minimax' } },
  { variant: 'vanilla', shape: [8, 8, 1], options: { hiddenUnits: 16 } },
  { variant: 'dcgan', shape: [16, 16, 1], options: narrow },
  {
    variant: 'dcgan',
    shape: [16, 16, 3],
    options: { ...narrow, discriminatorNormalization: 'none', realLabel: 0.9, kernelSize: 5 },
  },
  { variant: 'dcgan', shape: [16, 16, 1], options: { ...narrow, update: 'simultaneous' } },
  { variant: 'dcgan', shape: [16, 16, 1], options: { ...narrow, gradientAccumulation: 2 } },
  // What has been shown at two doublings holds at one: the rest differ in their losses and inputs.
  { variant: 'lsgan', shape: [8, 8, 1], options: { ...narrow, flipLabels: 0.1 } },
  { variant: 'wgan', shape: [8, 8, 1], options: { ...narrow, criticSteps: 2 } },
  { variant: 'wgan-gp', shape: [8, 8, 1], options: { ...narrow, criticSteps: 1 } },
  { variant: 'wgan-gp', shape: [2], options: { hiddenUnits: 16, penaltyEvery: 2, gradientPenalty: 1 } },
  { variant: 'sngan', shape: [16, 16, 1], options: { ...narrow, architecture: 'resnet' } },
  { variant: 'dragan', shape: [8, 8, 1], options: narrow },
  { variant: 'ragan', shape: [8, 8, 1], options: { ...narrow, featureMatching: 0.1 } },
  { variant: 'cgan', shape: [8, 8, 1], options: narrow },
  { variant: 'cgan', shape: [8, 8, 1], options: { ...narrow, conditioning: 'projection' } },
  { variant: 'acgan', shape: [8, 8, 1], options: narrow },
  { variant: 'infogan', shape: [8, 8, 1], options: narrow },
  { variant: 'vae', shape: [8, 8, 1], options: narrow },
  { variant: 'vae-gan', shape: [8, 8, 1], options: narrow },
  { variant: 'pix2pix', shape: [16, 16, 3], options: { ...narrow, receptiveField: 16 } },
  {
    variant: 'pix2pix',
    shape: [8, 8, 1],
    options: {
      ...narrow,
      receptiveField: 1,
      discriminatorNormalization: 'spectral',
      augment: ['translation'],
      update: 'simultaneous',
    },
  },
  {
    variant: 'cyclegan',
    shape: [8, 8, 1],
    options: {
      ...narrow,
      ...{ receptiveField: 16, residualBlocks: 1, poolSize: 3, cycleWeight: 1 },
      // Of maps of four pixels, which these have in the middle, a normalization leaves little but rounding.
      generatorNormalization: 'none',
    },
  },
  {
    variant: 'cyclegan',
    shape: [8, 8, 3],
    options: {
      ...narrow,
      generator: 'unet',
      receptiveField: 1,
      augment: ['translation'],
      r1: 1,
      poolSize: 0,
      gradientAccumulation: 2,
    },
  },
  {
    variant: 'srgan',
    shape: [8, 8, 3],
    options: { ...narrow, factor: 2, skip: 'bicubic', residualBlocks: 1, denseUnits: 8 },
  },
  {
    variant: 'esrgan',
    shape: [8, 8, 1],
    options: {
      ...narrow,
      ...{ residualBlocks: 1, growth: 2, denseUnits: 8, discriminatorNormalization: 'none' },
      ...{ perceptual: 'none', augment: ['color', 'translation'], r1: 1, gradientAccumulation: 2 },
    },
  },
  {
    variant: 'progan',
    shape: [8, 8, 1],
    stage: '8x8-fade-in',
    options: { channelBase: 48, generatorWidth: 8, discriminatorWidth: 8, latentSize: 4, fadeImages: 80 },
  },
  {
    variant: 'progan',
    shape: [8, 8, 1],
    stage: '4x4',
    options: {
      ...{ generatorWidth: 8, discriminatorWidth: 8, latentSize: 4, update: 'simultaneous', penaltyEvery: 2 },
      ...{ loss: 'non-saturating', gradientPenalty: 0, r1: 1, augment: ['translation'] },
    },
  },
  {
    variant: 'stylegan',
    shape: [8, 8, 1],
    options: { ...narrow, latentSize: 4, styleSize: 6, mappingLayers: 2, emaRampUpShare: 0.05 },
  },
  {
    variant: 'stylegan2',
    shape: [8, 8, 3],
    options: {
      ...narrow,
      ...{ latentSize: 4, styleSize: 6, mappingLayers: 2, conditioning: 'projection' },
      ...{ augment: ['ada-color'], adaptiveAugmentTarget: 0.6, augmentProbability: 0.5 },
    },
  },
  {
    variant: 'stylegan2',
    shape: [8, 8, 1],
    options: {
      ...narrow,
      ...{ latentSize: 4, styleSize: 6, mappingLayers: 1, generatorArchitecture: 'residual', styleMixing: 0 },
      ...{ discriminatorArchitecture: 'skip', gradientAccumulation: 2, penaltyEvery: 1, pathLengthEvery: 1 },
    },
  },
  { variant: 'vae-gan', shape: [2], options: { hiddenUnits: 16, gradientAccumulation: 2 } },
  {
    variant: 'dcgan',
    shape: [8, 8, 3],
    options: {
      ...narrow,
      discriminatorNormalization: 'none',
      augment: ['color', 'translation', 'cutout'],
      adaptiveAugmentTarget: 0.6,
      augmentProbability: 0.5,
      instanceNoise: 0.1,
      instanceNoiseDecaySteps: 10,
      r1: 1,
      r2: 1,
      packing: 2,
      historicalAveraging: 0.1,
      orthogonalRegularization: 0.01,
      gradientClipNorm: 1,
      learningRateSchedule: 'cosine',
      discriminatorLearningRate: 1e-4,
      dropout: 0.2,
    },
  },
]
const classes = 3

const seed = 1

function build({ variant, shape, options, stage }: Case): GanModel {
  // The convolutions of TF.js are most of the time; points have none.
  const batchSize = shape.length === 3 ? 4 : 8
  return buildVariant(variant, { shape, classes, options, batchSize, seed, ...(stage && { stage }) })
}

/** Trains the same model on both engines, from the same weights and feeds. */
async function trainOnBoth(own: Case, steps: number) {
  const model = build(own)
  const compiled = await compileModel(model)
  const eager = await createTfjsTraining({ backend: 'cpu' }).prepare(model)
  const recorded = await createOnnxRuntimeTraining({ device: 'cpu', threads: 1 }).prepare(compiled)
  const scalars: { name: string; eager: number; recorded: number }[] = []
  for (let step = 0; step < steps; step++) {
    for (const phase of model.phases) {
      const feeds = drawFeeds(phase, step, classes)
      const draw = drawAt(phase.name, step)
      const [left, right] = [await eager.run(phase.name, feeds, draw), await recorded.run(phase.name, feeds, draw)]
      expect(Object.keys(left)).toEqual(Object.keys(right))
      for (const name of Object.keys(left))
        scalars.push({ name: `${phase.name}/${name} at step ${step}`, eager: left[name]!, recorded: right[name]! })
    }
  }
  const dispose = async () => {
    await Promise.all([eager.dispose(), recorded.dispose()])
    model.dispose()
  }
  return { model, eager, recorded, scalars, dispose }
}

/** Inputs of a function for a batch: noise, labels in turn, or samples. */
function inputsOf(feeds: Readonly<Record<string, TensorSpec>>, open: NamedLengths): Record<string, NDArray> {
  const batch = open.batch!
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { dtype, shape }]) => {
      const lengths = shape.map((length) => lengthOf(length, open)!)
      if (dtype === 'int32') {
        return [
          name,
          ndarray(
            'int32',
            lengths,
            Int32Array.from({ length: batch }, (_, index) => index % classes),
          ),
        ]
      }
      const noise = new RandomStream(seed, `${name}/${batch}`).fillNormal(new Float32Array(sizeOfShape(lengths)))
      return [name, ndarray('float32', lengths, noise)]
    }),
  )
}

/** Noise that is drawn by name, as whoever samples an exported file draws it. */
function drawnInputs(ports: Ports, open: NamedLengths, draw: DrawFeed): Record<string, NDArray> {
  return Object.fromEntries(
    Object.entries(ports).map(([name, { dtype, shape, drawn = 'uniform' }]) => {
      const lengths = [open.batch!, ...shape.map((length) => lengthOf(length, open)!)]
      return [name, draw(name, { dtype, shape: lengths, source: { from: 'random', distribution: drawn } })]
    }),
  )
}

beforeAll(async () => {
  await setBackend('cpu')
})

type OptimizerCase = readonly [optimizer: string, steps: number, learningRate: number]

const optimizers: readonly OptimizerCase[] = [
  // One more ulp in a weight moves this trajectory by 1e-3 at 0.02, and by less than 1e-7 at 0.005.
  ['sgd', 20, 0.005],
  ['adam', 5, 2e-4],
  ['rmsprop', 5, 2e-4],
]

describe.each(cases)('$variant of $shape with $options', (own) => {
  /** What the first optimizer has trained: compiling and training it again would show nothing new. */
  let trained: Awaited<ReturnType<typeof trainOnBoth>> | undefined

  const chosen: readonly OptimizerCase[] = cases.indexOf(own) < thorough ? optimizers : [['sgd', 6, 0.005]]
  it.each(chosen)('trains alike on TF.js and on ONNX Runtime with %s', async (optimizer, steps, learningRate) => {
    const both = await trainOnBoth({ ...own, options: { ...own.options, optimizer, learningRate } }, steps)
    const { eager, recorded, scalars } = both
    for (const { name, eager: left, recorded: right } of scalars) {
      // Scores can be anywhere near zero.
      expect(Math.abs(left - right), name).toBeLessThanOrEqual(1e-4 * Math.abs(left) + 1e-6)
    }
    const [left, right] = [await recorded.readState(), await eager.readState()]
    expect(Object.keys(left).sort()).toEqual(Object.keys(right).sort())
    const prefixes = new Set(Object.keys(left).map((name) => name.slice(0, name.indexOf('/') + 1)))
    for (const prefix of prefixes) {
      expect(weightError(left, right, prefix), prefix).toBeLessThanOrEqual(1e-4)
    }
    if (optimizer === optimizers[0]![0]) trained = both
    else await both.dispose()
  })

  it('exports a generator that draws what the trainer draws', async () => {
    const { model, eager, recorded, dispose } = trained ?? (await trainOnBoth(own, 3))
    await eager.writeState(await recorded.readState())
    for (const fn of model.functions) {
      const inputs = batchedSpecs(fn.inputs)
      const { bytes, inputs: ports } = await exportFunction(fn)
      const exported = await createOnnxRuntimeInference({ device: 'cpu', threads: 1 }).load(bytes)
      const [height = 1, width = 1] = own.shape
      // A batch of 64 is what every export is checked with (`exportRun`, in the matrix of variants).
      for (const [batch, larger] of [
        [1, 1],
        [2, 3],
        [13, 1],
      ] as const) {
        // Where height and width are open, they may be others than in training.
        const open = { batch, height: height * larger, width: width * larger * 2 }
        const given = inputsOf(inputs, open)
        const draw = drawAt(fn.name, batch)
        // Noise that the program draws by name is an input of what is exported.
        const all = { ...drawnInputs(ports, open, draw), ...given }
        const [made, expected] = [await exported.run(all), await recorded.evaluate(fn.name, given, draw)]
        for (const [name, port] of Object.entries(fn.outputs)) {
          const [{ shape, data }, trainers] = [made[name]!, expected[name]!.data]
          const promised = [batch, ...port.shape.map((length) => lengthOf(length, open))]
          expect(shape).toEqual(port.field === undefined ? expected[name]!.shape : promised)
          // Logits and features have no bounds as pixels do. (One assertion: a million of them take longer than what they judge.)
          const errors = (data as Float32Array).map((value, index) => {
            const wanted = trainers[index] as number
            return Math.abs(value - wanted) / Math.max(1, Math.abs(wanted))
          })
          expect(Math.max(...errors), `${fn.name}/${name}`).toBeLessThanOrEqual(1e-5)
        }
      }
      await exported.dispose()
    }
    await dispose()
  })
})

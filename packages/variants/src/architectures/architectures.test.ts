import '@tensorflow/tfjs-backend-cpu'
import { createOnnxRuntimeTraining } from '@gantry/backend-onnxruntime'
import { createTfjsTraining } from '@gantry/backend-tfjs'
import { compileModel, type TfjsModel } from '@gantry/compiler'
import { type Feed, type NDArray, ndarray, RandomStream } from '@gantry/core'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ArchitectureRequest, DiscriminatorNetwork, GeneratorNetwork } from './architecture.ts'
import { type ArchitectureOptions, architectureOptions } from './architecture-options.ts'
import { architectures, findArchitecture } from './find-architecture.ts'
import { mlp } from './mlp.ts'
import { resnet } from './resnet.ts'

beforeAll(() => tf.setBackend('cpu'))

const [batch, latentSize, classes, seed] = [4, 3, 3, 5]

interface Case {
  readonly architecture: ArchitectureOptions['architecture']
  readonly sampleShape: readonly number[]
  readonly classes?: number
  readonly heads?: Readonly<Record<string, number>>
  readonly packing?: number
  readonly options: Partial<ArchitectureOptions>
}

const narrow = { generatorWidth: 4, discriminatorWidth: 4, hiddenUnits: 6, kernelSize: 3 } as const
const shapes = { mlp: [2], dcgan: [8, 8, 1], resnet: [8, 8, 2] } as const

/** A normalization of each player at a time: both lists are equally long. */
const normalizations = [
  ['none', 'none'],
  ['batch', 'batch'],
  ['layer', 'layer'],
  ['instance', 'instance'],
  ['group', 'group'],
  ['pixel', 'spectral'],
] as const

const everything = {
  dropout: 0.3,
  layerNoise: 0.1,
  minibatchDiscrimination: 2,
  minibatchStandardDeviation: 2,
  initializer: 'orthogonal',
} as const

const names = ['mlp', 'dcgan', 'resnet'] as const
const conditionings = [undefined, 'concatenation', 'embedding', 'projection'] as const

/** Vectors have no pixels to normalize over. */
function legal({ architecture, options }: Case): boolean {
  return architecture !== 'mlp' || options.generatorNormalization !== 'instance'
}

/** A resnet meets labels where a dcgan does, and takes three times as long: these would show nothing new. */
function telling({ architecture, classes: told, options }: Case): boolean {
  return (
    architecture !== 'resnet' || !told || !['none', 'layer', 'group'].includes(options.generatorNormalization ?? '')
  )
}

const cases: readonly Case[] = names
  .flatMap((architecture) =>
    conditionings.flatMap((conditioning): Case[] => {
      const own = {
        architecture,
        sampleShape: shapes[architecture],
        ...(conditioning && { classes }),
      }
      const told = { ...narrow, ...(conditioning && { conditioning }) }
      return [
        ...normalizations.map(([generatorNormalization, discriminatorNormalization]) => ({
          ...own,
          options: { ...told, generatorNormalization, discriminatorNormalization },
        })),
        {
          ...own,
          packing: 2,
          heads: { label: 3, code: 2 },
          options: { ...told, ...everything, discriminatorNormalization: 'spectral' },
        },
      ]
    }),
  )
  .filter(legal)
  .filter(telling)

function requestOf({ options, architecture, ...own }: Case): ArchitectureRequest {
  return { ...own, options: architectureOptions.parse({ architecture, latentSize, ...options }), latentSize, seed }
}

function playersOf(own: Case) {
  const [architecture, request] = [findArchitecture(own.architecture, own.sampleShape), requestOf(own)]
  return { generator: architecture.generator(request), discriminator: architecture.discriminator(request) }
}

const prefixed = (prefix: string, variables: Readonly<Record<string, tf.Variable>>) =>
  Object.fromEntries(Object.entries(variables).map(([name, variable]) => [`${prefix}/${name}`, variable]))

/**
 * One step whose new state is the gradient itself: of losses of both networks and of the gradient penalty R1, so of every
 * order that training needs.
 */
function gradientModel(generator: GeneratorNetwork, discriminator: DiscriminatorNetwork, own: Case): TfjsModel {
  const trainable = [...Object.values(generator.trainable), ...Object.values(discriminator.trainable)]
  const labelled = (length: number | string) =>
    own.classes === undefined ? {} : { classes: { dtype: 'float32', shape: [length, classes] } as const }
  const feed = (shape: readonly number[]): Feed => ({ dtype: 'float32', shape, source: { from: 'samples' } })
  const mode = { training: true }
  const judged = (samples: tf.Tensor, labels: tf.Tensor | undefined, sign: number) => {
    const { logits, heads } = discriminator.judge(samples, labels, mode)
    const others = Object.values(heads).map((head) => tf.mean(tf.square(tf.sub(head, 1))))
    return others.reduce((total, other) => tf.add(total, other), tf.mean(tf.softplus(tf.mul(logits, sign))))
  }
  return {
    name: 'gradients',
    variables: { ...prefixed('generator', generator.weights), ...prefixed('discriminator', discriminator.weights) },
    phases: [
      {
        name: 'step',
        every: 1,
        feeds: {
          samples: feed([batch, ...own.sampleShape]),
          latent: feed([batch, latentSize]),
          ...(own.classes !== undefined && { classes: feed([batch, classes]) }),
        },
        program: ({ samples, latent, classes: labels }) => {
          const { value, grads } = tf.variableGrads(() => {
            const fake = generator.generate(latent!, labels, mode)
            const slopes = tf.grad((x: tf.Tensor) => tf.sum(discriminator.judge(x, labels, mode).logits))(samples!)
            const penalty = tf.mul(tf.sum(tf.square(slopes)), 0.1)
            const losses = tf.add(judged(samples!, labels, -1), judged(fake, labels, 1))
            return tf.add(losses, penalty) as tf.Scalar
          }, trainable)
          for (const variable of trainable) variable.assign(grads[variable.name]!)
          return { loss: value }
        },
      },
    ],
    functions: [
      {
        name: 'generate',
        feeds: { latent: { dtype: 'float32', shape: ['batch', latentSize] }, ...labelled('batch') },
        program: ({ latent, classes: labels }) => ({
          samples: generator.generate(latent!, labels, { training: false }),
        }),
      },
      {
        name: 'judge',
        feeds: { samples: { dtype: 'float32', shape: [batch, ...own.sampleShape] }, ...labelled(batch) },
        program: ({ samples, classes: labels }) => {
          const { logits, features, heads } = discriminator.judge(samples!, labels, { training: false })
          return { logits, features, ...heads }
        },
      },
    ],
  }
}

function draw(name: string, shape: readonly number[]): NDArray {
  const array = ndarray('float32', shape)
  new RandomStream(seed, name).fill(name.includes('dropout') ? 'uniform' : 'normal', array.data)
  return array
}

function oneHot(): NDArray {
  const array = ndarray('float32', [batch, classes])
  for (let row = 0; row < batch; row++) array.data[row * classes + ((row * 2) % classes)] = 1
  return array
}

function norm(values: Iterable<number>): number {
  let total = 0
  for (const value of values) total += value ** 2
  return Math.sqrt(total)
}

function expectClose(actual: NDArray, expected: NDArray, name: string, slack: number) {
  expect(actual.shape, name).toEqual(expected.shape)
  const other = expected.data as Float32Array
  const size = norm(other)
  expect(Number.isFinite(size), name).toBe(true)
  const difference = norm((actual.data as Float32Array).map((value, index) => value - other[index]!))
  expect(difference, name).toBeLessThanOrEqual(1e-4 * size + slack)
}

const title = ({ architecture, classes: told, packing, options }: Case) =>
  `${architecture} ${options.generatorNormalization ?? 'batch'}/${options.discriminatorNormalization} ${told ? options.conditioning : 'unconditional'}${packing ? ' with everything' : ''}`

describe.each(cases.map((own) => [title(own), own] as const))('%s', (_, own) => {
  it('has the same gradients and outputs on TF.js and on ONNX Runtime', async () => {
    const { generator, discriminator } = playersOf(own)
    const model = gradientModel(generator, discriminator, own)
    const eager = await createTfjsTraining({ backend: 'cpu' }).prepare(model)
    const recorded = await createOnnxRuntimeTraining({ device: 'cpu', threads: 1 }).prepare(await compileModel(model))
    const labelled = own.classes === undefined ? {} : { classes: oneHot() }
    const [samples, latent] = [draw('samples', [batch, ...own.sampleShape]), draw('latent', [batch, latentSize])]

    for (const [name, feeds] of [
      ['generate', { latent, ...labelled }],
      ['judge', { samples, ...labelled }],
    ] as const) {
      const [left, right] = [await recorded.evaluate(name, feeds), await eager.evaluate(name, feeds)]
      expect(Object.keys(left)).toEqual(Object.keys(right))
      for (const key of Object.keys(right)) expectClose(left[key]!, right[key]!, key, 1e-6)
      if (name === 'generate') expect(left.samples!.shape).toEqual([batch, ...own.sampleShape])
      else {
        const packs = batch / (own.packing ?? 1)
        expect(left.logits!.shape).toEqual([packs, 1])
        expect(left.features!.shape).toEqual([packs, expect.any(Number)])
        for (const [head, width] of Object.entries(own.heads ?? {})) expect(left[head]!.shape).toEqual([packs, width])
      }
    }

    const feeds = { samples, latent, ...labelled }
    const noise = (name: string, feed: Feed) => draw(name, feed.shape)
    const left = await recorded.run('step', feeds, noise)
    const right = await eager.run('step', feeds, noise)
    expect(Math.abs(left.loss! - right.loss!)).toBeLessThanOrEqual(1e-5 * Math.abs(right.loss!))
    const [recordedState, eagerState] = [await recorded.readState(), await eager.readState()]
    expect(Object.keys(recordedState).sort()).toEqual(Object.keys(eagerState).sort())
    const total = norm(Object.values(eagerState).flatMap(({ data }) => [...(data as Float32Array)]))
    for (const name of Object.keys(eagerState)) expectClose(recordedState[name]!, eagerState[name]!, name, 1e-6 * total)
    await Promise.all([eager.dispose(), recorded.dispose()])
    for (const network of [generator, discriminator]) network.dispose()
  })
})

describe.each(architectures.map((architecture) => [architecture.name, architecture] as const))('%s', (name, own) => {
  const request = (options: Partial<ArchitectureOptions> = {}, seedOfRequest = seed): ArchitectureRequest => ({
    ...requestOf({ architecture: name, sampleShape: shapes[name], options: { ...narrow, ...options } }),
    seed: seedOfRequest,
  })
  const weightsOf = (...asked: Parameters<typeof request>) => {
    const networks = [own.generator(request(...asked)), own.discriminator(request(...asked))]
    const all = networks.flatMap(({ weights }) => Object.entries(weights))
    return all.map(([weight, variable]) => [weight, [...variable.dataSync()]] as const)
  }

  it('has equal names and weights in two builds from one seed, and other weights from another', () => {
    for (const initializer of ['architecture', 'orthogonal'] as const) {
      const options = { initializer, discriminatorNormalization: 'spectral', generatorNormalization: 'batch' } as const
      const [first, second, other] = [weightsOf(options), weightsOf(options), weightsOf(options, seed + 1)]
      expect(second).toEqual(first)
      expect(other.map(([weight]) => weight)).toEqual(first.map(([weight]) => weight))
      const changed = first.filter(([, values], index) => String(values) !== String(other[index]![1]))
      expect(changed.length).toBeGreaterThan(first.length / 3)
    }
  })

  it('names weights by kind and number', () => {
    const { trainable, weights } = own.discriminator(request({ discriminatorNormalization: 'spectral' }))
    const kind = name === 'mlp' ? 'spectral_dense' : 'spectral_conv2d'
    const ofFirst = ['kernel', 'bias', 'u', 'v'].map((weight) => `${kind}_1/${weight}`)
    expect(Object.keys(weights).slice(0, 4)).toEqual(ofFirst)
    expect(Object.keys(trainable).slice(0, 2)).toEqual(ofFirst.slice(0, 2))
    expect(Object.keys(trainable).filter((weight) => /\/[uv]$/.test(weight))).toEqual([])
  })

  it('leaves labels out when it is told none, and misses them when it is', () => {
    const conditional = { ...request(), classes }
    const latent = tf.zeros([batch, latentSize])
    const labels = tf.zeros([batch, classes])
    const mode = { training: false }
    expect(own.generator(request()).generate(latent, labels, mode).shape).toEqual([batch, ...shapes[name]])
    expect(() => own.generator(conditional).generate(latent, undefined, mode)).toThrow(
      /generator is conditional, with 3 classes.*\[4,3\]/,
    )
    const samples = tf.zeros([batch, ...shapes[name]])
    expect(() => own.discriminator(conditional).judge(samples, undefined, mode)).toThrow(/discriminator is conditional/)
  })

  it('refuses batches that cannot be packed or grouped', () => {
    const mode = { training: false }
    const samples = tf.zeros([3, ...shapes[name]])
    const packed = own.discriminator({ ...request(), packing: 2 })
    expect(() => packed.judge(samples, undefined, mode)).toThrow(/2 samples at a time, but the batch has 3/)
    const grouped = own.discriminator(request({ minibatchStandardDeviation: 2 }))
    expect(() => grouped.judge(samples, undefined, mode)).toThrow(/groups of 2 samples do not fill a batch of 3/)
    expect(() => own.discriminator(request({ minibatchStandardDeviation: 1 }))).toThrow(/no spread/)
  })

  it('begins with orthogonal kernels', () => {
    for (const [weight, variable] of Object.entries(
      own.discriminator(request({ initializer: 'orthogonal' })).weights,
    )) {
      if (!weight.endsWith('kernel')) continue
      const matrix = tf.reshape(variable, [-1, variable.shape.at(-1)!]) as tf.Tensor2D
      const wide = matrix.shape[0] < matrix.shape[1]
      const gram = tf.matMul(matrix, matrix, !wide, wide)
      expect(tf.max(tf.abs(tf.sub(gram, tf.eye(gram.shape[0])))).dataSync()[0], weight).toBeLessThan(1e-6)
    }
  })
})

it('refuses what an architecture cannot be', () => {
  const own = { options: architectureOptions.parse(narrow), latentSize, seed }
  expect(findArchitecture('auto', [8, 8, 1]).name).toBe('dcgan')
  expect(findArchitecture('auto', [2]).name).toBe('mlp')
  expect(() => findArchitecture('resnt', [2])).toThrow(/no architecture 'resnt'.*'?resnet/)
  expect(() => resnet.generator({ ...own, sampleShape: [30, 30, 3] })).toThrow(/resnet doubles a map/)
  for (const player of ['generator', 'discriminator'] as const) {
    const options = { ...own.options, [`${player}Normalization`]: 'instance' as const }
    expect(() => mlp[player]({ ...own, options, sampleShape: [2] })).toThrow(/no pixels/)
  }
})

it.each([28, 32, 40, 48, 56, 64, 96, 112, 128])('makes and judges %d pixels with a resnet', (size) => {
  const request = requestOf({
    architecture: 'resnet',
    sampleShape: [size, size, 3],
    options: { generatorWidth: 1, discriminatorWidth: 1, generatorNormalization: 'none' },
  })
  const samples = findArchitecture('resnet', [2])
    .generator(request)
    .generate(tf.zeros([1, latentSize]), undefined, { training: false })
  expect(samples.shape).toEqual([1, size, size, 3])
  expect(resnet.discriminator(request).judge(samples, undefined, { training: false }).logits.shape).toEqual([1, 1])
})

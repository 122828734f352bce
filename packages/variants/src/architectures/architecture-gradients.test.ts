import '@tensorflow/tfjs-backend-cpu'
import { createOnnxRuntimeTraining } from '@gantry/backend-onnxruntime'
import { createTfjsTraining } from '@gantry/backend-tfjs'
import { compileModel, type TfjsModel } from '@gantry/compiler'
import { drawnPort, type Feed, type NDArray, ndarray, type Ports, RandomStream } from '@gantry/core'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { prefixed } from '../game/players.ts'
import { generate } from '../generate.ts'
import { judge } from '../judge.ts'
import type { Network } from '../network.ts'
import {
  type ArchitectureCase,
  architectureCases,
  batch,
  classes,
  latentSize,
  playersOf,
  seed,
} from '../testing/architecture-cases.ts'
import { samplesOf } from '../testing/fields.ts'

beforeAll(() => tf.setBackend('cpu'))

/** What a discriminator says in inference, left in variables: packs are fewer than the batch, which no function may return. */
function judgementsOf(discriminator: Network, own: ArchitectureCase) {
  const judged = (samples: tf.Tensor, labels: tf.Tensor | undefined): Record<string, tf.Tensor> => {
    const { logits, features, heads } = judge(discriminator, samples, labels, { training: false })
    return { logits, features, ...heads }
  }
  const first = judged(tf.zeros([batch, ...own.sampleShape]), own.classes ? tf.zeros([batch, classes]) : undefined)
  const variables = Object.fromEntries(Object.entries(first).map(([name, value]) => [name, tf.variable(value, false)]))
  return {
    variables,
    judge: (samples: tf.Tensor, labels: tf.Tensor | undefined) => {
      for (const [name, value] of Object.entries(judged(samples, labels))) variables[name]!.assign(value)
    },
  }
}

/**
 * One step whose new state is the gradient itself: of losses of both networks and of the gradient penalty R1, so of every
 * order that training needs.
 */
function gradientModel(generator: Network, discriminator: Network, own: ArchitectureCase): TfjsModel {
  const trainable = [...Object.values(generator.trainable), ...Object.values(discriminator.trainable)]
  const labelled: Ports =
    own.classes === undefined ? {} : { classes: { modality: 'label', dtype: 'float32', shape: [classes] } }
  const feed = (shape: readonly number[]): Feed => ({
    dtype: 'float32',
    shape,
    source: { from: 'batch', field: 'any' },
  })
  const mode = { training: true }
  const judged = (samples: tf.Tensor, labels: tf.Tensor | undefined, sign: number) => {
    const { logits, heads } = judge(discriminator, samples, labels, mode)
    const others = Object.values(heads).map((head) => tf.mean(tf.square(tf.sub(head, 1))))
    return others.reduce((total, other) => tf.add(total, other), tf.mean(tf.softplus(tf.mul(logits, sign))))
  }
  const judgements = judgementsOf(discriminator, own)
  return {
    name: 'gradients',
    variables: {
      ...prefixed('generator', generator.weights),
      ...prefixed('discriminator', discriminator.weights),
      ...prefixed('judgement', judgements.variables),
    },
    phases: [
      {
        name: 'judge',
        every: 1,
        feeds: {
          samples: feed([batch, ...own.sampleShape]),
          ...(own.classes !== undefined && { classes: feed([batch, classes]) }),
        },
        program: ({ samples, classes: labels }) => {
          judgements.judge(samples!, labels)
          return {}
        },
      },
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
            const fake = generate(generator, latent!, labels, mode)
            const slopes = tf.grad((x: tf.Tensor) => tf.sum(judge(discriminator, x, labels, mode).logits))(samples!)
            const penalty = tf.mul(tf.sum(tf.square(slopes)), 0.1)
            const losses = tf.add(judged(samples!, labels, -1), judged(fake, labels, 1))
            return tf.add(losses, penalty) as tf.Scalar
          }, trainable)
          for (const variable of trainable) variable.assign(grads[variable.name]!)
          return { loss: value }
        },
      },
    ],
    shown: ['generate'],
    functions: [
      {
        name: 'generate',
        weights: 'raw',
        inputs: { latent: drawnPort('latent', [latentSize], 'normal'), ...labelled },
        outputs: { samples: samplesOf(own.sampleShape) },
        program: ({ latent, classes: labels }) => ({
          samples: generate(generator, latent!, labels, { training: false }),
        }),
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

const title = ({ architecture, classes: conditional, packing, options }: ArchitectureCase) =>
  `${architecture} ${options.generatorNormalization ?? 'batch'}/${options.discriminatorNormalization} ${conditional ? options.conditioning : 'unconditional'}${packing ? ' with everything' : ''}`

describe.each(architectureCases.map((own) => [title(own), own] as const))('%s', (_, own) => {
  it('has the same gradients and outputs on TF.js and on ONNX Runtime', async () => {
    const { generator, discriminator } = playersOf(own)
    const model = gradientModel(generator, discriminator, own)
    const eager = await createTfjsTraining({ backend: 'cpu' }).prepare(model)
    const recorded = await createOnnxRuntimeTraining({ device: 'cpu', threads: 1 }).prepare(await compileModel(model))
    const labelled = own.classes === undefined ? {} : { classes: oneHot() }
    const [samples, latent] = [draw('samples', [batch, ...own.sampleShape]), draw('latent', [batch, latentSize])]

    const inputs = { latent, ...labelled }
    const [made, expected] = [await recorded.evaluate('generate', inputs), await eager.evaluate('generate', inputs)]
    expectClose(made.samples!, expected.samples!, 'samples', 1e-6)
    expect(made.samples!.shape).toEqual([batch, ...own.sampleShape])

    for (const session of [recorded, eager]) await session.run('judge', { samples, ...labelled })
    const [judged, judgedEagerly] = [await recorded.readState(['judgement/']), await eager.readState(['judgement/'])]
    for (const name of Object.keys(judgedEagerly)) expectClose(judged[name]!, judgedEagerly[name]!, name, 1e-6)
    const packs = batch / (own.packing ?? 1)
    const widths = { logits: 1, features: expect.any(Number), ...own.heads }
    const shapesOf = Object.entries(judged).map(([name, { shape }]) => [name.slice('judgement/'.length), shape])
    expect(Object.fromEntries(shapesOf)).toEqual(
      Object.fromEntries(Object.entries(widths).map(([name, width]) => [name, [packs, width]])),
    )

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

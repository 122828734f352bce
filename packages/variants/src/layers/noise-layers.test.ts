import '@tensorflow/tfjs-backend-cpu'
import { createOnnxRuntimeTraining } from '@gantry/backend-onnxruntime'
import { createTfjsTraining } from '@gantry/backend-tfjs'
import { compileModel, exportModel, type TfjsModel } from '@gantry/compiler'
import { type Feed, type NDArray, ndarray, RandomStream } from '@gantry/core'
import * as tf from '@tensorflow/tfjs-core'
import { layers, sequential } from '@tensorflow/tfjs-layers'
import { beforeAll, expect, it } from 'vitest'
import { networkOf } from '../network.ts'
import { NoiseDropout, NoiseGaussian } from './noise-layers.ts'

beforeAll(() => tf.setBackend('cpu'))

function network() {
  const model = sequential()
  model.add(new NoiseGaussian({ noise: 'instance', standardDeviation: 0.1, inputShape: [4] }))
  model.add(layers.dense({ units: 8, activation: 'tanh' }))
  model.add(new NoiseDropout({ noise: 'drop', rate: 0.3 }))
  model.add(layers.dense({ units: 1 }))
  return model
}

/** Two passes through the network in one step, as a discriminator sees real and fake samples. */
function trainable(model: ReturnType<typeof network>): TfjsModel {
  const ends = [{ x: model.inputs[0]! }, { y: model.outputs[0]! }] as const
  const { weights, trainable: moved, apply } = networkOf('network', ...ends)
  const inTraining = (x: tf.Tensor) => apply({ x }, { training: true }).y!
  const optimizer = tf.train.sgd(0.1)
  return {
    name: 'noisy',
    variables: weights,
    functions: [],
    shown: [],
    phases: [
      {
        name: 'step',
        every: 1,
        feeds: { x: { dtype: 'float32', shape: [5, 4], source: { from: 'batch', field: 'x' } } },
        program: ({ x }) => {
          const loss = () => {
            const [first, second] = [inTraining(x!), inTraining(tf.neg(x!))]
            return tf.mean(tf.square(tf.sub(first, tf.add(second, 1)))) as tf.Scalar
          }
          const { value, grads } = tf.variableGrads(loss, Object.values(moved))
          optimizer.applyGradients(grads)
          return { loss: value }
        },
      },
    ],
  }
}

function drawAt(step: number, asked: Record<string, Feed> = {}) {
  return (name: string, feed: Feed): NDArray => {
    asked[name] = feed
    const random = new RandomStream(step, name)
    const array = ndarray('float32', feed.shape)
    if (feed.source.from === 'random') random.fill(feed.source.distribution, array.data)
    return array
  }
}

it('draws the same noise on both engines, anew at every step', async () => {
  const model = trainable(network())
  const compiled = await compileModel(model)
  expect(Object.keys(compiled.phases[0]!.feeds).sort()).toEqual(['drop', 'drop_1', 'instance', 'instance_1', 'x'])
  const eager = await createTfjsTraining({ backend: 'cpu' }).prepare(model)
  const recorded = await createOnnxRuntimeTraining({ device: 'cpu', threads: 1 }).prepare(compiled)
  const x = ndarray('float32', [5, 4])
  new RandomStream(7, 'x').fillNormal(x.data)
  const losses: number[] = []
  for (let step = 0; step < 5; step++) {
    const [left, right]: Record<string, Feed>[] = [{}, {}]
    const own = (await eager.run('step', { x }, drawAt(step, left))).loss!
    const other = (await recorded.run('step', { x }, drawAt(step, right))).loss!
    expect(right).toEqual(left)
    expect(Math.abs(own - other)).toBeLessThan(1e-5 * Math.abs(own))
    losses.push(own)
  }
  expect(new Set(losses).size).toBe(5)
  await Promise.all([eager.dispose(), recorded.dispose()])
})

it('says what noise is missing, on both engines', async () => {
  const model = trainable(network())
  const x = ndarray('float32', [5, 4])
  const eager = await createTfjsTraining({ backend: 'cpu' }).prepare(model)
  const recorded = await createOnnxRuntimeTraining({ device: 'cpu', threads: 1 }).prepare(await compileModel(model))
  await expect(eager.run('step', { x })).rejects.toMatchObject({ code: 'FEED_MISSING' })
  await expect(recorded.run('step', { x })).rejects.toMatchObject({ code: 'FEED_MISSING' })
  await expect(eager.run('step', { x, dorp: x }, drawAt(0))).rejects.toMatchObject({ code: 'FEED_UNKNOWN' })
  await Promise.all([eager.dispose(), recorded.dispose()])
})

it('leaves no noise in inference', async () => {
  const model = network()
  const bytes = await exportModel(model)
  expect(new TextDecoder('latin1').decode(bytes)).not.toContain('instance_1')
  const x = tf.ones([2, 4])
  const [first, second] = [model.predict(x) as tf.Tensor, model.predict(x) as tf.Tensor]
  expect(first.dataSync()).toEqual(second.dataSync())
})

it('is saved with its layer', () => {
  const config = network().getConfig() as unknown as { layers: { config: Record<string, unknown> }[] }
  expect(config.layers[0]!.config).toMatchObject({ noise: 'instance', standardDeviation: 0.1 })
  expect(config.layers[2]!.config).toMatchObject({ noise: 'drop', rate: 0.3 })
})

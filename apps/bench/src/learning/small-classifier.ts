import { createOnnxRuntimeTraining } from '@gantry/backend-onnxruntime'
import { compileModel, type TfjsModel } from '@gantry/compiler'
import { drawnPort, type NDArray, ndarray, RandomStream, rowsOf } from '@gantry/core'
import type { Labelled } from '@gantry/metrics'
import * as tf from '@tensorflow/tfjs-core'
import { initializers, layers, sequential } from '@tensorflow/tfjs-layers'

const BATCH = 64
const STEPS = 800
const RATE = 0.05
const MOMENTUM = 0.9

export interface ClassifierOptions {
  readonly classes: number
  readonly seed: number
}

export interface SmallClassifier {
  /** The likeliest class of each image. */
  classify(images: NDArray<'float32'>): Promise<Int32Array>
  /** Its last layer before the classes: [count, 64]. */
  features(images: NDArray<'float32'>): Promise<NDArray<'float32'>>
  dispose(): Promise<void>
}

/** Width of {@link SmallClassifier.features}. */
export const CLASSIFIER_FEATURES = 64

/**
 * Trains a small network of two convolutions on labelled images, 800 steps of 64 by stochastic gradient descent with momentum.
 *
 * @param training images [count, height, width, channels] in [-1, 1]
 * @returns what it takes images for, and what it sees in them
 */
export async function trainSmallClassifier(
  { samples, labels }: Labelled<NDArray<'float32'>>,
  { classes, seed }: ClassifierOptions,
): Promise<SmallClassifier> {
  const shape = samples.shape.slice(1)
  const { model, dispose } = classifierModel(shape, classes, seed)
  const session = await createOnnxRuntimeTraining({ device: 'cpu', threads: 1 }).prepare(await compileModel(model))
  dispose()
  const random = new RandomStream(seed, 'classifier')
  for (let step = 0; step < STEPS; step++) {
    const rows = Array.from({ length: BATCH }, () => Math.floor(random.uniform() * labels.length))
    await session.run('learn', {
      images: rowsAt(samples, rows),
      labels: ndarray(
        'int32',
        [BATCH],
        Int32Array.from(rows, (row) => labels[row]!),
      ),
    })
  }
  return {
    classify: async (images) => {
      const predicted = new Int32Array(images.shape[0]!)
      for (let from = 0; from < predicted.length; from += 500) {
        const part = rowsOf(images, from, Math.min(500, predicted.length - from))
        const { logits } = await session.evaluate('classify', { images: part })
        for (let row = 0; row < part.shape[0]!; row++) {
          const own = logits!.data.subarray(row * classes, (row + 1) * classes) as Float32Array
          predicted[from + row] = own.indexOf(Math.max(...own))
        }
      }
      return predicted
    },
    features: async (images) => {
      const { features } = await session.evaluate('classify', { images })
      return features as NDArray<'float32'>
    },
    dispose: () => session.dispose(),
  }
}

function rowsAt({ shape, data }: NDArray<'float32'>, rows: readonly number[]): NDArray<'float32'> {
  const length = data.length / shape[0]!
  const picked = ndarray('float32', [rows.length, ...shape.slice(1)])
  for (const [index, row] of rows.entries())
    picked.data.set(data.subarray(row * length, (row + 1) * length), index * length)
  return picked
}

function classifierModel(shape: readonly number[], classes: number, seed: number) {
  const body = sequential()
  const head = sequential()
  const initializer = (offset: number) => initializers.heNormal({ seed: seed + offset })
  body.add(
    layers.conv2d({
      ...{ filters: 16, kernelSize: 5, strides: 2, activation: 'relu', kernelInitializer: initializer(1) },
      inputShape: [...shape],
    }),
  )
  body.add(
    layers.conv2d({ filters: 32, kernelSize: 5, strides: 2, activation: 'relu', kernelInitializer: initializer(2) }),
  )
  body.add(layers.flatten())
  body.add(layers.dense({ units: CLASSIFIER_FEATURES, activation: 'relu', kernelInitializer: initializer(3) }))
  head.add(layers.dense({ units: classes, kernelInitializer: initializer(4), inputShape: [CLASSIFIER_FEATURES] }))
  const weights = [...body.trainableWeights, ...head.trainableWeights].map((weight) => weight.read() as tf.Variable)
  const momenta = weights.map((weight) => tf.tidy(() => tf.variable(tf.zerosLike(weight), false)))
  const variables = Object.fromEntries([
    ...weights.map((weight, index) => [`weights/${index}`, weight] as const),
    ...momenta.map((momentum, index) => [`momenta/${index}`, momentum] as const),
  ])
  const source = (field: string) => ({ from: 'batch', field }) as const
  const model: TfjsModel = {
    name: 'classifier',
    variables,
    shown: [],
    phases: [
      {
        name: 'learn',
        every: 1,
        feeds: {
          images: { dtype: 'float32', shape: [BATCH, ...shape], source: source('image') },
          labels: { dtype: 'int32', shape: [BATCH], source: source('label') },
        },
        program: ({ images, labels }) => {
          const { value, grads } = tf.variableGrads(() => {
            const known = tf.oneHot(labels as tf.Tensor1D, classes, 1, 0, 'float32')
            return tf.losses.softmaxCrossEntropy(known, head.apply(body.apply(images!)) as tf.Tensor)
          }, weights)
          for (const [index, weight] of weights.entries()) {
            const momentum = tf.add(tf.mul(momenta[index]!, MOMENTUM), grads[weight.name]!)
            momenta[index]!.assign(momentum)
            weight.assign(tf.sub(weight, tf.mul(momentum, RATE)))
          }
          return { loss: value }
        },
      },
    ],
    functions: [
      {
        name: 'classify',
        weights: 'raw',
        inputs: { images: drawnPort('noise', shape, 'normal') },
        outputs: {
          logits: drawnPort('noise', [classes], 'normal'),
          features: drawnPort('noise', [CLASSIFIER_FEATURES], 'normal'),
        },
        program: ({ images }) => {
          const features = body.apply(images!) as tf.Tensor
          return { logits: head.apply(features) as tf.Tensor, features }
        },
      },
    ],
  }
  return {
    model,
    dispose: () => {
      body.dispose()
      head.dispose()
      tf.dispose(momenta)
    },
  }
}

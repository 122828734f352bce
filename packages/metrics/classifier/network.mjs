// The network of `classifier-mnist`, and one training step of it, in TF.js.
import { imageField } from '@gantry/core'
import { networkOf } from '@gantry/variants'
import * as tf from '@tensorflow/tfjs-core'
import { initializers, layers, sequential } from '@tensorflow/tfjs-layers'

/** Convolutions from 28×28 to 7×7, each with batch normalization and ReLU: [filters, kernel side, stride]. */
export const CONVOLUTIONS = [
  [32, 5, 2],
  [32, 3, 1],
  [64, 3, 2],
  [64, 3, 1],
  [64, 3, 1],
]
export const CLASSES = 10

/** Added to variances by batch normalization; `export-weights.mjs` folds it. */
export const EPSILON = 1e-3

const MOMENTUM = 0.9
const WEIGHT_DECAY = 5e-4

/** The mean over all places of the last convolution is the feature vector, as Inception's pool3 is. */
export function buildNetwork(seed) {
  const model = sequential()
  const initial = (offset) => initializers.heNormal({ seed: seed + offset })
  for (const [index, [filters, kernelSize, strides]] of CONVOLUTIONS.entries()) {
    const input = index === 0 ? { inputShape: [28, 28, 1] } : {}
    const kernelInitializer = initial(index)
    model.add(
      layers.conv2d({ filters, kernelSize, strides, padding: 'same', useBias: false, kernelInitializer, ...input }),
    )
    model.add(layers.batchNormalization({ momentum: 0.97, epsilon: EPSILON }))
    model.add(layers.reLU())
  }
  model.add(layers.globalAveragePooling2d({}))
  model.add(layers.dense({ units: CLASSES, kernelInitializer: initial(CONVOLUTIONS.length) }))
  return networkOf('classifier', { images: model.inputs[0] }, { logits: model.outputs[0] })
}

/** Cross-entropy, descended with Nesterov momentum and weight decay; the learning rate is a feed. */
export function trainableModel(network, batchSize) {
  const moved = Object.entries(network.trainable)
  const momentum = Object.fromEntries(moved.map(([name, weight]) => [name, tf.variable(tf.zerosLike(weight), false)]))
  const byCaller = (field) => ({ from: 'batch', field })
  return {
    name: 'classifier',
    variables: {
      ...network.weights,
      ...Object.fromEntries(Object.entries(momentum).map(([name, variable]) => [`${name}/momentum`, variable])),
    },
    shown: ['classify'],
    functions: [
      {
        name: 'classify',
        weights: 'raw',
        inputs: { images: imageField([28, 28, 1]) },
        outputs: { logits: { modality: 'number', dtype: 'float32', shape: [CLASSES] } },
        program: ({ images }) => network.apply({ images }, { training: false }),
      },
    ],
    phases: [
      {
        name: 'step',
        every: 1,
        feeds: {
          images: { dtype: 'float32', shape: [batchSize, 28, 28, 1], source: byCaller('images') },
          classes: { dtype: 'float32', shape: [batchSize, CLASSES], source: byCaller('classes') },
          learningRate: { dtype: 'float32', shape: [], source: byCaller('learningRate') },
        },
        program: ({ images, classes, learningRate }) => {
          const loss = () => {
            const { logits } = network.apply({ images }, { training: true })
            return tf.neg(tf.mean(tf.sum(tf.mul(classes, tf.logSoftmax(logits)), 1)))
          }
          const { value, grads } = tf.variableGrads(
            loss,
            moved.map(([, weight]) => weight),
          )
          for (const [name, weight] of moved) {
            const decay = name.endsWith('/kernel') ? WEIGHT_DECAY : 0
            const gradient = tf.add(grads[weight.name], tf.mul(weight, decay))
            const velocity = tf.add(tf.mul(momentum[name], MOMENTUM), gradient)
            momentum[name].assign(velocity)
            weight.assign(tf.sub(weight, tf.mul(learningRate, tf.add(gradient, tf.mul(velocity, MOMENTUM)))))
          }
          return { loss: value }
        },
      },
    ],
  }
}

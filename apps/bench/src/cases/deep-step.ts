import '@tensorflow/tfjs-backend-cpu'
import type { TfjsModel } from '@gantry/compiler'
import { createSlots } from '@gantry/variants'
import * as tf from '@tensorflow/tfjs-core'

const WIDTH = 16
const BATCH_SIZE = 8

/**
 * A step of a deep, narrow network with Adam: as many nodes as one wants, for timing the compiler. It computes next to
 * nothing.
 */
export async function createDeepStep(layers: number): Promise<TfjsModel> {
  await tf.setBackend('cpu')
  const weights: Record<string, tf.Variable> = {}
  for (let layer = 0; layer < layers; layer++) {
    weights[`${layer}/kernel`] = tf.variable(tf.randomUniform([WIDTH, WIDTH], -0.5, 0.5, 'float32', layer))
    weights[`${layer}/bias`] = tf.variable(tf.zeros([WIDTH]))
  }
  const optimizer = tf.train.adam(1e-4)
  const forward = (input: tf.Tensor) => {
    let x = input as tf.Tensor2D
    for (let layer = 0; layer < layers; layer++) {
      const kernel = weights[`${layer}/kernel`] as unknown as tf.Tensor2D
      x = tf.tanh(tf.add(tf.matMul(x, kernel), weights[`${layer}/bias`]!))
    }
    return x
  }
  return {
    name: `deep-${layers}`,
    functions: [],
    shown: [],
    variables: { ...weights, ...createSlots(optimizer, weights) },
    phases: [
      {
        name: 'step',
        every: 1,
        feeds: { x: { dtype: 'float32', shape: [BATCH_SIZE, WIDTH], source: { from: 'batch', field: 'x' } } },
        program: ({ x }) => {
          const { value, grads } = tf.variableGrads(
            () => tf.mean(tf.square(forward(x!))) as tf.Scalar,
            Object.values(weights),
          )
          optimizer.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })))
          return { loss: value }
        },
      },
    ],
  }
}

import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { layers, sequential } from '@tensorflow/tfjs-layers'
import { expect, it } from 'vitest'
import { movingAverage } from './moving-average.ts'
import { networkOf } from './network.ts'

it('follows the weights with a decay that grows to its limit, and copies running statistics', () => {
  const make = () => {
    const { inputs, outputs } = sequential({
      layers: [layers.dense({ units: 1, useBias: false, inputShape: [1] }), layers.batchNormalization()],
    })
    return networkOf('network', { x: inputs[0]! }, { y: outputs[0]! })
  }
  const [source, average] = [make(), make()]
  const follower = movingAverage(source, average, 0.3)
  const weight = source.weights['dense_1/kernel']!
  let expected = weight.dataSync()[0]!
  for (let update = 0; update < 8; update++) {
    weight.assign(tf.fill([1, 1], update))
    source.weights['batch_normalization_1/moving_mean']!.assign(tf.fill([1], update / 2))
    follower.update()
    const decay = Math.min(0.3, (1 + update) / (10 + update))
    expected = decay * expected + (1 - decay) * update
    expect(average.weights['dense_1/kernel']!.dataSync()[0]).toBeCloseTo(expected, 5)
    expect(average.weights['batch_normalization_1/moving_mean']!.dataSync()[0]).toBe(update / 2)
  }
})

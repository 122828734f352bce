import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, expect, it } from 'vitest'
import { installGradients } from './install.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
  installGradients()
})

// 1,500 out of 1,000: a one-hot matrix of as many numbers as are scattered instead.
const [PICKED, COUNT] = [1500, 1000]
const indices = Int32Array.from({ length: PICKED }, (_, place) => (place * 7) % 900)

it.each([
  { axis: 0, shape: [COUNT, 2] },
  { axis: 1, shape: [2, COUNT, 1] },
])(
  'adds what was gathered from one place many times, along axis $axis, and again for the second derivative',
  ({ axis, shape }) => {
    const [outer, inner] = [axis === 0 ? 1 : shape[0]!, shape.at(-1)!]
    const x = tf.randomNormal(shape, 0, 1, 'float32', 1)
    const picks = tf.tensor1d(indices, 'int32')
    // Σ of squares: the slope at a place is twice its number, as often as it was gathered; the slope of Σ of those is 2 as often.
    const slope = (own: tf.Tensor) => tf.grad((own: tf.Tensor) => tf.sum(tf.square(tf.gather(own, picks, axis))))(own)
    const [first, second] = [slope(x), tf.grad((own: tf.Tensor) => tf.sum(slope(own)))(x)]
    const times = new Array<number>(COUNT).fill(0)
    for (const index of indices) times[index]!++
    const [values, firsts, seconds] = [x, first, second].map((tensor) => tensor.dataSync()) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ]
    for (let own = 0; own < outer * COUNT * inner; own++) {
      const count = times[Math.floor(own / inner) % COUNT]!
      expect(firsts[own]).toBeCloseTo(2 * count * values[own]!, 4)
      expect(seconds[own]).toBeCloseTo(2 * count, 5)
    }
  },
)

import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-layers'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Activation, activations } from '../testing/activations.ts'
import { draws } from '../testing/gradient-case.ts'
import { installGradients } from './install.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
  Object.assign(tf.backend(), { firstUse: false })
  installGradients()
})

const [rows, inputs, hidden] = [4, 3, 5]
const draw = (name: string, length: number) => Float32Array.from(draws.any(name, length))
const numbers = {
  x: draw('x', rows * inputs),
  weight: draw('weight', inputs * hidden),
  bias: draw('bias', hidden),
  output: draw('output', hidden),
}

/** The penalty's gradient by weight, bias and output, in float64: one example at a time, by the chain rule. */
function closedForm({ slope, curvature }: Activation) {
  const result = {
    weight: new Float64Array(inputs * hidden),
    bias: new Float64Array(hidden),
    output: new Float64Array(hidden),
  }
  for (let row = 0; row < rows; row++) {
    const x = Array.from({ length: inputs }, (_, i) => numbers.x[row * inputs + i]!)
    const z = Array.from({ length: hidden }, (_, j) =>
      x.reduce((sum, value, i) => sum + value * numbers.weight[i * hidden + j]!, numbers.bias[j]!),
    )
    // g = W·(v ∘ φ'(z)), the gradient of D(x) = v·φ(Wᵀx + b); the penalty is (|g| - 1)², its derivative by g is q.
    const g = x.map((_, i) =>
      z.reduce((sum, each, j) => sum + numbers.weight[i * hidden + j]! * numbers.output[j]! * slope(each), 0),
    )
    const length = Math.hypot(...g)
    const q = g.map((value) => (2 * (length - 1) * value) / length / rows)
    for (const [j, each] of z.entries()) {
      const along = q.reduce((sum, value, i) => sum + value * numbers.weight[i * hidden + j]!, 0)
      const bent = numbers.output[j]! * curvature(each) * along
      result.output[j]! += slope(each) * along
      result.bias[j]! += bent
      for (let i = 0; i < inputs; i++)
        result.weight[i * hidden + j]! += numbers.output[j]! * slope(each) * q[i]! + bent * x[i]!
    }
  }
  return result
}

/** Gulrajani et al. 2017, equation 3: the mean of (|∇D(x)| - 1)². */
function penalty(
  activation: Activation,
  x: tf.Tensor2D,
  weight: tf.Tensor,
  bias: tf.Tensor,
  output: tf.Tensor,
): tf.Scalar {
  const discriminator = (points: tf.Tensor) =>
    tf.matMul(
      activation.compute(tf.add(tf.matMul(points as tf.Tensor2D, weight as tf.Tensor2D), bias)) as tf.Tensor2D,
      output as tf.Tensor2D,
    )
  const gradients = tf.grad((points) => tf.sum(discriminator(points)))(x)
  return tf.mean(tf.square(tf.sub(tf.norm(gradients, 'euclidean', 1), 1)))
}

describe('the WGAN-GP penalty of a network with two layers', () => {
  it.each(Object.keys(activations))('has the gradient of its closed form: %s', (name) => {
    tf.tidy(() => {
      const activation = activations[name]!
      const x = tf.tensor2d(numbers.x, [rows, inputs])
      const [weight, bias, output] = tf.grads((weight, bias, output) =>
        penalty(activation, x, weight!, bias!, output!),
      )([
        tf.tensor2d(numbers.weight, [inputs, hidden]),
        tf.tensor1d(numbers.bias),
        tf.tensor2d(numbers.output, [hidden, 1]),
      ])
      const expected = closedForm(activation)
      for (const [actual, values] of [
        [weight, expected.weight],
        [bias, expected.bias],
        [output, expected.output],
      ] as const) {
        const largest = Math.max(...values.map(Math.abs), 1e-2)
        for (const [place, value] of actual!.dataSync().entries())
          expect(Math.abs(value - values[place]!)).toBeLessThan(1e-4 * largest)
      }
    })
  })
})

import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-layers'
import { RandomStream } from '@gantry/core'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { installGradients } from './install.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
  installGradients()
})

const draw = (length: number, stream: string) => new RandomStream(1, stream).fillNormal(new Float64Array(length))

/** Central differences in float64. */
function finiteDifferences(f: (x: Float64Array) => number, x: Float64Array): number[] {
  const step = 1e-5
  return Array.from(x, (value, index) => {
    const at = (moved: number) => f(x.map((own, other) => (other === index ? moved : own)))
    return (at(value + step) - at(value - step)) / (2 * step)
  })
}

describe('batch normalization', () => {
  const [rows, channels, epsilon] = [5, 2, 1e-3]
  const values = {
    x: draw(rows * channels, 'x'),
    mean: draw(channels, 'mean'),
    spread: draw(channels, 'spread').map((v) => v * v + 0.5),
    offset: draw(channels, 'offset'),
    scale: draw(channels, 'scale'),
  }

  /** Σ y², computed in float64. */
  const reference = (parts: typeof values) =>
    parts.x.reduce((sum, value, index) => {
      const channel = index % channels
      const y =
        (parts.scale[channel]! * (value - parts.mean[channel]!)) / Math.sqrt(parts.spread[channel]! + epsilon) +
        parts.offset[channel]!
      return sum + y * y
    }, 0)

  it('agrees with float64 finite differences', () => {
    const names = ['x', 'mean', 'spread', 'offset', 'scale'] as const
    const tensors = names.map((name) =>
      tf.tensor(Float32Array.from(values[name]), name === 'x' ? [1, rows, 1, channels] : [channels]),
    )
    const gradients = tf.grads((x, mean, spread, offset, scale) =>
      tf.sum(
        tf.square(
          tf.batchNorm(
            x as tf.Tensor4D,
            mean as tf.Tensor1D,
            spread as tf.Tensor1D,
            offset as tf.Tensor1D,
            scale as tf.Tensor1D,
            epsilon,
          ),
        ),
      ),
    )(tensors)
    for (const [index, name] of names.entries()) {
      const expected = finiteDifferences((own) => reference({ ...values, [name]: own }), values[name])
      for (const [place, value] of gradients[index]!.dataSync().entries())
        expect(value).toBeCloseTo(expected[place]!, 3)
    }
  })
})

describe('relu', () => {
  it('passes the gradient where the input is positive, at every order', () => {
    const x = tf.tensor1d([-1, 0, 0.5, 2])
    const first = tf.grad((value) => tf.sum(tf.mul(tf.square(tf.relu(value)), 3)))
    expect([...first(x).dataSync()]).toEqual([0, 0, 3, 12])
    const second = tf.grad((value) => tf.sum(first(value)))
    expect([...second(x).dataSync()]).toEqual([0, 0, 6, 6])
  })
})

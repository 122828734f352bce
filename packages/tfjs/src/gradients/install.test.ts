import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { installGradients } from './install.ts'

// Runs in a process of its own: one of the tests is about the first import of tfjs-layers.
beforeAll(async () => {
  await tf.setBackend('cpu')
  Object.assign(tf.backend(), { firstUse: false })
  installGradients()
})

/** The derivative of Σ f², of a function that is a gradient itself. */
const slopeOfSquares = (f: (x: tf.Tensor) => tf.Tensor) =>
  tf.grad((x: tf.Tensor) => tf.sum(tf.square(tf.grad((y: tf.Tensor) => tf.sum(f(y)))(x))))

describe('installGradients', () => {
  it('is all that TF.js needs, and changes nothing when called again', () => {
    const installed = tf.getGradient('Tanh')
    installGradients()
    expect(tf.getGradient('Tanh')).toBe(installed)
    expect(tf.grad(tf.tanh)(tf.scalar(0.5)).dataSync()[0]).toBeCloseTo(1 - Math.tanh(0.5) ** 2, 6)
  })

  it('wins over the gradients that tfjs-layers registers', async () => {
    const installed = tf.getGradient('Tanh')
    await import('@tensorflow/tfjs-layers')
    expect(tf.getGradient('Tanh')).not.toBe(installed)
    installGradients()
    expect(tf.getGradient('Tanh')).toBe(installed)
  })

  it('leaves no tensors behind', () => {
    const x = tf.tensor2d([[0.5, -1, 2]])
    const before = tf.memory().numTensors
    for (const f of [tf.softmax, tf.logSoftmax, tf.tanh, tf.prod, tf.cumprod, tf.max]) {
      tf.tidy(() => {
        slopeOfSquares((y) => tf.square(f(tf.mul(y, 2))))(x)
      })
      expect(tf.memory().numTensors).toBe(before)
    }
  })
})

describe('third derivatives', () => {
  const thrice = (f: (x: tf.Tensor) => tf.Tensor) => tf.grad(tf.grad(tf.grad(f)))

  it.each([
    ['tanh', tf.tanh, (x: number) => (1 - Math.tanh(x) ** 2) * (6 * Math.tanh(x) ** 2 - 2)],
    ['exp', tf.exp, Math.exp],
    ['elu', tf.elu, (x: number) => (x > 0 ? 0 : Math.exp(x))],
    ['pow', (x: tf.Tensor) => tf.pow(x, 3), () => 6],
    ['reciprocal', tf.reciprocal, (x: number) => -6 / x ** 4],
    ['sqrt of the square', (x: tf.Tensor) => tf.sqrt(tf.square(x)), () => 0],
  ] as const)('%s', (_, f, expected) => {
    const x = [-1.5, -0.3, 0.7, 2]
    const values = thrice(f)(tf.tensor1d(x)).dataSync()
    for (const [place, value] of values.entries()) expect(value).toBeCloseTo(expected(x[place]!), 4)
  })

  it('of log softmax, which TF.js keeps from its tape, equals that of the log of softmax', () => {
    const derivative = (f: (x: tf.Tensor) => tf.Tensor) => {
      let own = (x: tf.Tensor): tf.Tensor => tf.sum(tf.mul(f(tf.mul(x, 1.5)), tf.tensor1d([1, 0, 0])))
      for (const weights of [
        [3, 1, 2],
        [1, 2, 4],
        [1, 0, -1],
      ]) {
        const inner = own
        own = (x) => tf.sum(tf.mul(tf.grad(inner)(x), tf.tensor1d(weights)))
      }
      return own(tf.tensor1d([0.5, -1, 2])).dataSync()[0]!
    }
    expect(derivative(tf.logSoftmax)).toBeCloseTo(
      derivative((x) => tf.log(tf.softmax(x))),
      4,
    )
  })
})

describe('what has no gradient throws by name', () => {
  const x = tf.tensor1d([0.5, -1, 2])
  const image = (value: tf.Tensor) => tf.reshape(value, [1, 3, 1, 1]) as tf.Tensor4D
  const morphological = (value: tf.Tensor) => tf.dilation2d(image(value), tf.ones([2, 1, 1]), 1, 'same')

  it('at the first derivative', () => {
    expect(() => tf.grad((value) => tf.abs(tf.complex(value, value)))(x)).toThrow(/ComplexAbs has no gradient/)
    expect(() => tf.grad((value) => tf.logSigmoid(tf.mul(value, 2)))(x)).toThrow(/tf\.logSigmoid/)
    expect(() => tf.grad((value) => tf.image.rotateWithOffset(image(value), 1))(x)).toThrow(/RotateWithOffset/)
  })

  it('at the second, where the first exists', () => {
    expect(tf.grad(morphological)(x).shape).toEqual([3])
    expect(() => slopeOfSquares(morphological)(x)).toThrow(/Dilation2DBackpropInput/)
  })
})

it('stays finite where an overflow hides behind a mask', () => {
  const far = tf.tensor1d([-200, 200])
  for (const f of [tf.elu, tf.selu, tf.softplus, tf.sigmoid, tf.tanh]) {
    expect([...slopeOfSquares(f)(far).dataSync()].every(Number.isFinite)).toBe(true)
  }
})

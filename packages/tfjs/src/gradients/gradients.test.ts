import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-layers'
import * as tf from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { curvatureOf, gradientOf, type Loss } from '../testing/finite-differences.ts'
import { draws, type GradientCase } from '../testing/gradient-case.ts'
import { gradientFamilies } from '../testing/gradient-families.ts'
import { registerMissingKernels } from '../testing/kernels.ts'
import { exactGradients, installGradients } from './install.ts'

/** Kernels whose gradient some case has asked for. */
const exercised = new Set<string>()

beforeAll(async () => {
  await tf.setBackend('cpu')
  Object.assign(tf.backend(), { firstUse: false })
  registerMissingKernels()
  installGradients()
  for (const gradient of exactGradients) {
    tf.registerGradient({
      ...gradient,
      gradFunc: (...parameters) => {
        exercised.add(gradient.kernelName)
        return gradient.gradFunc(...parameters)
      },
    })
  }
})
afterAll(installGradients)

const single = (vector: Float64Array) => Float32Array.from(vector)

/** The largest error, relative to the largest number. */
function errorOf(actual: tf.Tensor, expected: readonly number[]): number {
  const values = actual.dataSync()
  const largest = Math.max(1e-2, ...expected.map(Math.abs))
  return Math.max(...expected.map((value, place) => Math.abs(values[place]! - value)), 0) / largest
}

function check({ inputs, compute, reference }: GradientCase): void {
  const size = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1)
  const drawn = inputs.map(({ shape, draw }, index) => single(draws[draw](`x${index}`, size(shape))))
  const vectors = drawn.map((values) => Float64Array.from(values))
  const tensors = drawn.map((values, index) => tf.tensor(values, [...inputs[index]!.shape]))
  const outputs = reference(...vectors)
  const weights = Float64Array.from(single(draws.any('weights', outputs.length)))
  const directions = vectors.map(({ length }, index) =>
    Float64Array.from(single(draws.any(`direction${index}`, length))),
  )

  // Σ weights·y + ½·Σ y²: not linear even where the operation is, so that its gradient is differentiated, too.
  const expected: Loss = (...parameters) => {
    const y = reference(...parameters)
    return weights.reduce((sum, weight, place) => sum + weight * y[place]! + y[place]! ** 2 / 2, 0)
  }
  const actual = (...parameters: tf.Tensor[]) => {
    const y = compute(...parameters)
    const weighted = tf.mul(y, tf.tensor(single(weights), y.shape))
    return tf.sum(tf.add(weighted, tf.mul(tf.square(y), 0.5))) as tf.Scalar
  }
  const slope = (...parameters: tf.Tensor[]) =>
    tf.addN(
      tf
        .grads(actual)(parameters)
        .map((gradient, index) => tf.sum(tf.mul(gradient, tf.tensor(single(directions[index]!), gradient.shape)))),
    )

  const values = compute(...tensors)
  expect(errorOf(values, Array.from(outputs))).toBeLessThan(1e-4)
  const first = gradientOf(expected, vectors)
  for (const [index, gradient] of tf.grads(actual)(tensors).entries()) {
    expect(gradient.shape).toEqual([...inputs[index]!.shape])
    expect(errorOf(gradient, first[index]!)).toBeLessThan(1e-4)
  }
  const second = curvatureOf(expected, vectors, directions)
  for (const [index, gradient] of tf.grads(slope)(tensors).entries()) {
    expect(errorOf(gradient, second[index]!)).toBeLessThan(1e-4)
  }
}

for (const [family, cases] of Object.entries(gradientFamilies)) {
  describe(`first and second derivatives: ${family}`, () => {
    it.each(cases)('$name', (each) => tf.tidy(() => check(each)))
  })
}

it('has a case for every exact gradient', () => {
  const missing = exactGradients.map(({ kernelName }) => kernelName).filter((name) => !exercised.has(name))
  expect(missing).toEqual([])
})

import { type NDArray, ndarray, type TensorSpec } from '@gantry/core'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { draws, type GradientCase } from '../../../tfjs/src/testing/gradient-case.ts'
import { gradientFamilies } from '../../../tfjs/src/testing/gradient-families.ts'
import { registerMissingKernels } from '../../../tfjs/src/testing/kernels.ts'
import { exportModel } from '../export/export-model.ts'
import { relativeDifference, runEagerly, runExported } from '../testing/compare.ts'

// The operations whose first and second derivatives @gantry/tfjs compares with float64 finite differences: here the
// recorded derivatives are compared with TF.js's cpu backend, which those tests run on.

beforeAll(async () => {
  await tf.setBackend('cpu')
  registerMissingKernels()
})

/** The operation, the gradient of ½·Σ y² by every input, and the gradient of the sum of those gradients' squares. */
function derivatives(compute: GradientCase['compute'], names: readonly string[]) {
  return (feeds: Readonly<Record<string, tf.Tensor>>) => {
    const loss = (...inputs: tf.Tensor[]) => tf.sum(tf.mul(tf.square(compute(...inputs)), 0.5))
    const slopes = (...inputs: tf.Tensor[]) => tf.grads(loss)(inputs)
    const penalty = (...inputs: tf.Tensor[]) =>
      tf.addN(slopes(...inputs).map((slope) => tf.sum(tf.square(slope)))) as tf.Scalar
    const inputs = names.map((name) => feeds[name]!)
    const named = (prefix: string, tensors: tf.Tensor[]) =>
      tensors.map((tensor, index) => [`${prefix}_${names[index]}`, tensor] as const)
    return Object.fromEntries([
      ['y', compute(...inputs)],
      ...named('first', slopes(...inputs)),
      ...named('second', tf.grads(penalty)(inputs)),
    ])
  }
}

describe.each(Object.entries(gradientFamilies))('%s', (_, cases) => {
  it.each(cases.map((own) => [own.name, own] as const))('%s', async (_name, { inputs, compute }) => {
    const names = inputs.map((_input, index) => `x${index}`)
    const feeds: Record<string, NDArray> = {}
    const specs: Record<string, TensorSpec> = {}
    for (const [index, { shape, draw }] of inputs.entries()) {
      const size = shape.reduce((product, length) => product * length, 1)
      feeds[names[index]!] = ndarray('float32', shape, Float32Array.from(draws[draw](`x${index}`, size)))
      specs[names[index]!] = { dtype: 'float32', shape }
    }
    const program = derivatives(compute, names)
    const actual = await runExported(await exportModel(program, { inputs: specs }), feeds)
    const expected = await runEagerly(program, feeds)
    for (const [name, array] of Object.entries(expected)) {
      expect(relativeDifference(actual[name]!, array), name).toBeLessThanOrEqual(1e-5)
    }
  })
})

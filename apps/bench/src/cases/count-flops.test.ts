import '@tensorflow/tfjs-backend-cpu'
import { compileModel } from '@gantry/compiler'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { countingFlops, flopsOfKernel } from './count-flops.ts'
import { flopsOfStep, sharedNumbers } from './tutorial.ts'
import { createTutorial } from './tutorial-model.ts'

beforeAll(() => tf.setBackend('cpu'))

describe('the formula of the tutorial', () => {
  it('counts the multiply-adds of one image by hand', () => {
    const generator = 3 * (1_254_400 + 40_140_800 + 10_035_200 + 313_600) - 1_254_400
    const discriminator = 7 * (313_600 + 10_035_200 + 6_272) - 2 * 313_600
    expect(flopsOfStep(1)).toBe(2 * (generator + discriminator))
    expect(flopsOfStep(64) / 1e9).toBeCloseTo(28.9, 1)
  })

  it('is what the recorded step computes when it judges both kinds of images apart', async () => {
    const { model } = createTutorial(2, false)
    const { program, flops } = countingFlops(model.phases[0]!.program, Object.values(model.variables))
    await compileModel({ ...model, phases: [{ ...model.phases[0]!, program }] })
    expect(flops()).toBe(flopsOfStep(2))
  })
})

it('the tutorial makes the numbers that it always made', () => {
  // numpy: s = numpy.sin(numpy.arange(1, 4)) * 43758.5453; 2 * (s - numpy.floor(s)) - 1
  expect([...sharedNumbers(3, 1)]).toEqual([0.09241470694541931, 0.06528584659099579, -0.5874691605567932])
})

describe('countingFlops', () => {
  const ones = (rows: number, columns: number) => tf.ones([rows, columns]) as tf.Tensor2D
  const product = (left: tf.Tensor, right: tf.Tensor) => tf.sum(tf.matMul(left as tf.Tensor2D, right as tf.Tensor2D))

  it('counts a product and its gradients, at every call anew', () => {
    const { program, flops } = countingFlops(({ x, y }: Record<'x' | 'y', tf.Tensor2D>) => {
      const { value, grads } = tf.valueAndGrads(product)([x, y])
      return { value, byX: grads[0]!, byY: grads[1]! }
    })
    program({ x: ones(2, 3), y: ones(3, 5) })
    expect(flops()).toBe(3 * 2 * 2 * 3 * 5)
    program({ x: ones(1, 3), y: ones(3, 5) })
    expect(flops()).toBe(3 * 2 * 3 * 5)
  })

  it('counts what becomes new state, and nothing that nobody uses', () => {
    const state = tf.variable(ones(3, 5))
    const { program, flops } = countingFlops(
      ({ x }: Record<'x', tf.Tensor2D>) => {
        tf.matMul(x, x, true)
        state.assign(tf.matMul(tf.reshape(x, [3, 2]), ones(2, 5)))
        return {}
      },
      [state],
    )
    program({ x: ones(2, 3) })
    expect(flops()).toBe(2 * 3 * 2 * 5)
  })

  it('counts every product of a convolution, those with padding too', () => {
    const output = [1, 2, 2, 7]
    const inputs = { x: [1, 4, 4, 5], filter: [3, 3, 5, 7] }
    const forward = 2 * (2 * 2 * 7) * (3 * 3 * 5)
    expect(flopsOfKernel('Conv2D', { inputs, output, attributes: {} })).toBe(forward)
    const gradient = { dy: output, filter: inputs.filter }
    expect(flopsOfKernel('Conv2DBackpropInput', { inputs: gradient, output: inputs.x, attributes: {} })).toBe(forward)
    const ofFilter = { x: inputs.x, dy: output }
    expect(flopsOfKernel('Conv2DBackpropFilter', { inputs: ofFilter, output: inputs.filter, attributes: {} })).toBe(
      forward,
    )
    expect(flopsOfKernel('Add', { inputs: { a: [2] }, output: [2], attributes: {} })).toBe(0)
  })

  it('leaves TF.js as it was', () => {
    const before = tf.engine().runKernel
    const { program } = countingFlops(() => {
      throw new Error('broken')
    })
    expect(() => program({})).toThrow('broken')
    expect(tf.engine().runKernel).toBe(before)
  })
})

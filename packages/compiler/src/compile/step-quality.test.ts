import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-layers'
import { decodeModel, type Node } from '@gantry/onnx'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { compileStep } from './compile-model.ts'

// What a training step of a small discriminator costs beside its convolutions: two strided convolutions with leaky ReLU, batch
// normalization between them, a dense layer, Adam.
const [batch, side] = [8, 16]
let nodes: readonly Node[]
let shapeOf: (value: string) => readonly (number | string)[]

beforeAll(async () => {
  await tf.setBackend('cpu')
  const weight = (...shape: number[]) => tf.variable(tf.randomNormal(shape, 0, 0.1, 'float32', 1))
  const weights = {
    first: weight(5, 5, 1, 8),
    bias: weight(8),
    second: weight(5, 5, 8, 16),
    gamma: weight(16),
    beta: weight(16),
    dense: weight((side / 4) ** 2 * 16, 1),
  }
  const optimizer = tf.train.adam(1e-3)
  const zeros = Object.fromEntries(Object.values(weights).map((own) => [own.name, tf.zerosLike(own)]))
  optimizer.applyGradients(zeros)
  const slots = Object.values(optimizer).flatMap((field) => {
    if (field instanceof tf.Variable) return [field]
    return Array.isArray(field) ? field.map(({ variable }) => variable as tf.Variable) : []
  })
  const variables = { ...weights, ...Object.fromEntries(slots.map((slot, index) => [`slot_${index}`, slot])) }
  const { first, bias, second, gamma, beta, dense } = weights
  const { phases } = await compileStep(
    ({ x }) => {
      const { value, grads } = tf.variableGrads(() => {
        const hidden = tf.leakyRelu(tf.add(tf.conv2d(x as tf.Tensor4D, first as tf.Tensor4D, 2, 'same'), bias), 0.2)
        const sums = tf.conv2d(hidden as tf.Tensor4D, second as tf.Tensor4D, 2, 'same')
        const { mean, variance } = tf.moments(sums, [0, 1, 2])
        const normal = tf.batchNorm(sums, mean as tf.Tensor1D, variance as tf.Tensor1D, beta as never, gamma as never)
        const flat = tf.reshape(tf.leakyRelu(normal, 0.2), [batch, -1])
        return tf.mean(tf.softplus(tf.matMul(flat, dense as tf.Tensor2D))) as tf.Scalar
      }, Object.values(weights))
      optimizer.applyGradients(grads as never)
      return { loss: value }
    },
    { feeds: { x: { dtype: 'float32', shape: [batch, side, side, 1] } }, variables, convolutions: 'direct' },
  )
  const { graph } = decodeModel(phases[0]!.program.graph)
  nodes = graph.nodes
  shapeOf = (value) => {
    const output = graph.outputs.find(({ name }) => name === value)
    return (graph.valueSpecs.get(value) ?? output)?.shape ?? []
  }
})

const count = (operator: string) => nodes.filter((node) => node.operator === operator).length

describe('a training step', () => {
  it('turns images for nothing but the gradients of kernels, where batch and channels change places', () => {
    const orders = nodes.flatMap(({ operator, attributes, outputs }) =>
      operator === 'Transpose' && shapeOf(outputs[0]!).includes(batch) ? [attributes.perm!.value] : [],
    )
    expect(orders.length).toBeLessThanOrEqual(4)
    for (const order of orders) expect(order).toEqual([1, 0, 2, 3])
  })

  it('has slopes of leaky ReLU without a choice of each number', () => {
    expect(count('Where')).toBe(0)
    expect(count('Greater')).toBe(0)
    expect(count('Ceil')).toBe(2)
  })

  it('scales and shifts channels in one pass, forwards and backwards', () => {
    expect(count('BatchNormalization')).toBe(2)
  })

  it('leaves biases to the convolutions', () => {
    const convolutions = nodes.filter(({ operator }) => operator === 'Conv')
    expect(convolutions.filter(({ inputs }) => inputs.length === 3)).toHaveLength(1)
  })

  it('moves a kernel by Adam in twelve passes', () => {
    const kernel = [16, 8, 5, 5]
    const passes = nodes.filter(
      ({ operator, outputs }) =>
        ['Add', 'Sub', 'Mul', 'Div', 'Sqrt'].includes(operator) &&
        JSON.stringify(shapeOf(outputs[0]!)) === JSON.stringify(kernel),
    )
    expect(passes).toHaveLength(12)
  })
})

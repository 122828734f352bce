import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { installGradients } from '../gradients/install.ts'
import { drawNormal, drawUniform } from './draw-noise.ts'
import { type NoiseRequest, withNoise } from './noise-scope.ts'
import { addGaussianNoise, dropout } from './perturb.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
  installGradients()
})

/** Runs a program on these draws, and tells what it asked for. */
function observe<Result>(values: readonly number[], program: () => Result) {
  const requests: NoiseRequest[] = []
  const result = withNoise((request) => {
    requests.push(request)
    return tf.tensor(values as number[], [...request.shape])
  }, program)
  return { requests, result }
}

describe('noise inside of a program', () => {
  it('is asked of the scope, every draw under a name of its own', () => {
    const { requests } = observe([0, 0], () => [drawNormal('a', [2]), drawUniform('b', [1, 2]), drawNormal('a', [2])])
    expect(requests).toEqual([
      { name: 'a', shape: [2], distribution: 'normal' },
      { name: 'b', shape: [1, 2], distribution: 'uniform' },
      { name: 'a_1', shape: [2], distribution: 'normal' },
    ])
  })

  it('has the same names at the next call', () => {
    const program = () => drawNormal('a', [1])
    expect(observe([0], program).requests).toEqual(observe([0], program).requests)
  })

  it('is TF.js’s own where nobody controls it', () => {
    const values = drawUniform('a', [1000]).dataSync()
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...values)).toBeLessThan(1)
    expect(new Set(values).size).toBeGreaterThan(900)
  })

  it('comes from the outer scope again after an inner one, even after an error', () => {
    const { requests } = observe([0], () => {
      expect(() =>
        withNoise(
          () => tf.scalar(0),
          () => {
            throw new Error('inner')
          },
        ),
      ).toThrow('inner')
      return drawNormal('outer', [1])
    })
    expect(requests.map(({ name }) => name)).toEqual(['outer'])
  })
})

describe('dropout', () => {
  it('keeps what draws at least the rate, scaled', () => {
    const { result } = observe([0.1, 0.25, 0.3, 0.99], () => dropout(tf.tensor1d([1, 2, 3, 4]), 0.25, 'drop'))
    expect([...result.dataSync()]).toEqual([0, 2 / 0.75, 4, 4 / 0.75].map(Math.fround))
  })

  it('passes the gradient where it kept the number', () => {
    const { result } = observe([0.1, 0.9], () => tf.grad((x) => dropout(x, 0.5, 'drop'))(tf.tensor1d([3, 4])))
    expect([...result.dataSync()]).toEqual([0, 2])
  })

  it('draws nothing at rate 0, and refuses rates that are no probability', () => {
    const x = tf.tensor1d([1])
    expect(observe([0], () => dropout(x, 0, 'drop')).requests).toEqual([])
    expect(() => dropout(x, 1, 'drop')).toThrow(expect.objectContaining({ code: 'RATE_OUT_OF_RANGE' }))
    expect(() => dropout(x, Number.NaN, 'drop')).toThrow(expect.objectContaining({ code: 'RATE_OUT_OF_RANGE' }))
  })
})

it('addGaussianNoise adds scaled draws', () => {
  const { result } = observe([1, -2], () => addGaussianNoise(tf.tensor1d([10, 20]), 0.5, 'noise'))
  expect([...result.dataSync()]).toEqual([10.5, 19])
})

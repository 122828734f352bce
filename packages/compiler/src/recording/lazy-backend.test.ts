import * as tf from '@tensorflow/tfjs-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runtime } from '../../conformance/runtime.mjs'
import { compileStep } from '../compile/compile-model.ts'
import { registerLazyBackend } from './lazy-backend.ts'
import type { GraphRuntime } from './lazy-execution.ts'

let runs = 0
let nodes: number[] = []

/** The real runtime, watched. */
const watched: GraphRuntime = {
  async load(model) {
    runs++
    nodes.push(model.length)
    return runtime.load(model)
  },
}

beforeEach(async () => {
  await tf.setBackend(registerLazyBackend(watched))
  tf.engine().startScope()
  ;[runs, nodes] = [0, []]
})
afterEach(() => tf.engine().endScope())

describe('the recording backend with a runtime', () => {
  it('computes what is awaited', async () => {
    const x = tf.tensor2d([1, 2, 3, 4], [2, 2])
    const y = tf.matMul(x, tf.add(x, 1))
    expect(runs).toBe(0)
    expect(await y.array()).toEqual([
      [10, 13],
      [22, 29],
    ])
    expect(runs).toBe(1)
  })

  it('computes everything that is alive in one run, and nothing twice', async () => {
    const x = tf.tensor1d([1, 2])
    const [y, z] = [tf.square(x), tf.exp(x)]
    await y.data()
    await z.data()
    expect(await tf.add(y, z).data()).toEqual(Float32Array.of(1 + Math.exp(1), 4 + Math.exp(2)))
    expect(runs).toBe(2)
  })

  it('serves reads that come at once', async () => {
    const x = tf.tensor1d([4, 9])
    const roots = Array.from({ length: 5 }, (_, index) => tf.add(tf.sqrt(x), index))
    const values = await Promise.all(roots.map((root) => root.data()))
    expect(values.map((value) => [...value])).toEqual([0, 1, 2, 3, 4].map((index) => [2 + index, 3 + index]))
    expect(runs).toBe(1)
  })

  it('lets a program go on while a read is under way', async () => {
    const x = tf.tensor1d([1])
    const y = tf.add(x, 1)
    const reading = y.data()
    const z = tf.add(y, 1)
    expect([...(await reading)]).toEqual([2])
    expect([...(await z.data())]).toEqual([3])
  })

  it('reads a tensor that is disposed meanwhile', async () => {
    const y = tf.add(tf.tensor1d([1]), 1)
    const reading = y.data()
    y.dispose()
    expect([...(await reading)]).toEqual([2])
  })

  it('trains: variables, gradients and an optimizer, with graphs that do not grow', async () => {
    const weight = tf.variable(tf.scalar(0))
    const optimizer = tf.train.momentum(0.1, 0.5)
    const losses: number[] = []
    for (let step = 0; step < 8; step++) {
      const loss = optimizer.minimize(() => tf.square(tf.sub(weight, 3)), true) as tf.Scalar
      losses.push((await loss.data())[0]!)
      loss.dispose()
    }
    // w ← w + v, v ← ½v - 0.1·2(w - 3), in float64.
    let [w, v] = [0, 0]
    const expected = Array.from({ length: 8 }, () => {
      const loss = (w - 3) ** 2
      v = 0.5 * v + 2 * (w - 3)
      w -= 0.1 * v
      return loss
    })
    for (const [step, loss] of losses.entries()) expect(loss).toBeCloseTo(expected[step]!, 4)
    expect(nodes.at(-1)).toBe(nodes[2])
    optimizer.dispose()
    weight.dispose()
  })

  it('refuses to be read synchronously before it was awaited', async () => {
    const y = tf.add(tf.tensor1d([1]), 1)
    expect(() => y.dataSync()).toThrow(expect.objectContaining({ code: 'READ_SYNC' }))
    await y.data()
    expect([...y.dataSync()]).toEqual([2])
  })

  it('frees what is disposed', async () => {
    const before = tf.memory().numDataBuffers
    const y = tf.tidy(() => tf.mul(tf.add(tf.tensor1d([1, 2]), 1), 2))
    await y.data()
    expect(tf.memory().numDataBuffers).toBe(before + 1)
    y.dispose()
    expect(tf.memory().numDataBuffers).toBe(before)
  })

  it('compiles steps over variables that it has trained', async () => {
    const weight = tf.variable(tf.scalar(1))
    weight.assign(tf.add(weight, 1) as tf.Scalar)
    const compiled = await compileStep(
      ({ x }) => {
        weight.assign(tf.mul(weight, x!) as tf.Scalar)
        return { product: weight }
      },
      { feeds: { x: { dtype: 'float32', shape: [] } }, variables: { weight } },
    )
    expect([...compiled.variables.weight!.data]).toEqual([2])
    expect([...(await weight.data())]).toEqual([2])
    weight.dispose()
  })

  it('passes on what the runtime says about a graph that fails', async () => {
    const failing = { load: () => Promise.reject(new Error('out of memory')) }
    await tf.setBackend(registerLazyBackend(failing))
    const y = tf.add(tf.tensor1d([1]), 1)
    await expect(y.data()).rejects.toThrow('out of memory')
    await tf.setBackend(registerLazyBackend(watched))
    expect([...(await y.data())]).toEqual([2])
  })
})

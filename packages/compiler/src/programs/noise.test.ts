import { type NDArray, ndarray, RandomStream } from '@gantry/core'
import { drawNormal, drawUniform } from '@gantry/tfjs'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { compileModel, compileStep } from '../compile/compile-model.ts'
import { exportModel } from '../export/export-model.ts'
import { runExported } from '../testing/compare.ts'
import { runCompiled } from '../testing/run-compiled.ts'

beforeAll(() => tf.setBackend('cpu'))

const draw = (shape: readonly number[], name: string): NDArray<'float32'> => {
  const array = ndarray('float32', shape)
  new RandomStream(1, name).fillNormal(array.data)
  return array
}

const sum = (...arrays: NDArray[]) =>
  Float32Array.from(arrays[0]!.data as Float32Array, (_, index) =>
    arrays.reduce((total, { data }) => total + Number(data[index]), 0),
  )

describe('noise that a program draws by name', () => {
  it('becomes a feed of a phase, with its shape and distribution', async () => {
    const compiled = await compileStep(
      ({ x }) => ({ y: tf.sum(tf.add(tf.mul(x!, drawNormal('a', [2, 3])), drawUniform('b', [3]))) }),
      { feeds: { x: { dtype: 'float32', shape: [2, 3] } }, variables: {} },
    )
    expect(compiled.phases[0]!.feeds).toEqual({
      x: { dtype: 'float32', shape: [2, 3], source: { from: 'samples' } },
      a: { dtype: 'float32', shape: [2, 3], source: { from: 'random', distribution: 'normal' } },
      b: { dtype: 'float32', shape: [3], source: { from: 'random', distribution: 'uniform' } },
    })
    const feeds = { x: draw([2, 3], 'x'), a: draw([2, 3], 'a'), b: draw([3], 'b') }
    const { y } = await (await runCompiled(compiled)).run('step', feeds)
    const expected = feeds.x.data.reduce(
      (total, value, index) => total + value * feeds.a.data[index]! + feeds.b.data[index % 3]!,
      0,
    )
    expect(Number(y!.data[0])).toBeCloseTo(expected, 5)
  })

  it('becomes an input of a function, as long as the batch is', async () => {
    const compiled = await compileModel({
      name: 'noisy',
      variables: {},
      phases: [],
      functions: [
        {
          name: 'perturb',
          feeds: { x: { dtype: 'float32', shape: ['batch', 3] } },
          program: ({ x }) => ({ y: tf.add(x!, drawNormal('noise', x!.shape)) }),
        },
      ],
    })
    expect(compiled.functions[0]!.feeds.noise).toEqual({ dtype: 'float32', shape: ['batch', 3] })
    const runner = await runCompiled(compiled)
    for (const batch of [1, 4]) {
      const [x, noise] = [draw([batch, 3], 'x'), draw([batch, 3], 'noise')]
      expect((await runner.run('perturb', { x, noise })).y!.data).toEqual(sum(x, noise))
    }
  })

  it('becomes an input of an exported model', async () => {
    const bytes = await exportModel(({ x }) => ({ y: tf.add(x!, drawNormal('noise', x!.shape)) }), {
      inputs: { x: { dtype: 'float32', shape: ['batch', 2] } },
    })
    const [x, noise] = [draw([3, 2], 'x'), draw([3, 2], 'noise')]
    expect((await runExported(bytes, { x, noise })).y!.data).toEqual(sum(x, noise))
  })

  it('is refused under the name of a feed', async () => {
    await expect(
      compileStep(({ x }) => ({ y: tf.sum(tf.add(x!, drawNormal('x', [2]))) }), {
        feeds: { x: { dtype: 'float32', shape: [2] } },
        variables: {},
      }),
    ).rejects.toMatchObject({ code: 'NOISE_NAME_TAKEN' })
  })
})

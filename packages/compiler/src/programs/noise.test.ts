import { type NDArray, ndarray, pointsField, RandomStream, type TensorProgram } from '@gantry/core'
import { decodeModel } from '@gantry/onnx'
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

type Program = TensorProgram<tf.Tensor>

/** A model whose only function is `perturb`, from points to points. */
function compileFunction(program: Program) {
  const [x, y] = [pointsField([3]), pointsField([3])]
  return compileModel({
    name: 'noisy',
    variables: {},
    phases: [],
    functions: [{ name: 'perturb', weights: 'raw', inputs: { x }, outputs: { y }, program }],
    shown: ['perturb'],
  })
}

describe('noise that a program draws by name', () => {
  it('becomes a feed of a phase, with its shape and distribution', async () => {
    const compiled = await compileStep(
      ({ x }) => ({ y: tf.sum(tf.add(tf.mul(x!, drawNormal('a', [2, 3])), drawUniform('b', [3]))) }),
      { feeds: { x: { dtype: 'float32', shape: [2, 3] } }, variables: {} },
    )
    expect(compiled.phases[0]!.feeds).toEqual({
      x: { dtype: 'float32', shape: [2, 3], source: { from: 'batch', field: 'x' } },
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
    const compiled = await compileFunction(({ x }) => ({
      y: tf.mul(tf.add(x!, drawNormal('noise', x!.shape)), drawUniform('gate', [x!.shape[0]!, 1])),
    }))
    expect(compiled.functions[0]!.inputs).toEqual({
      x: pointsField([3]),
      noise: { modality: 'noise', dtype: 'float32', shape: [3], drawn: 'normal' },
      gate: { modality: 'noise', dtype: 'float32', shape: [1], drawn: 'uniform' },
    })
    const runner = await runCompiled(compiled)
    for (const batch of [1, 4]) {
      const [x, noise] = [draw([batch, 3], 'x'), draw([batch, 3], 'noise')]
      const gate = ndarray('float32', [batch, 1], new Float32Array(batch).fill(0.5))
      const { y } = await runner.run('perturb', { x, noise, gate })
      expect(y!.data).toEqual(sum(x, noise).map((value) => value / 2))
    }
  })

  it('has lengths that follow from named ones, and so do outputs', async () => {
    const program: Program = ({ x }) => {
      const [batch, height, width] = x!.shape as [number, number, number]
      const noise = drawUniform('noise', [batch, height / 4, width / 2])
      return { y: tf.concat([x!, x!, x!], 1), z: noise }
    }
    const image = { modality: 'image', dtype: 'float32' } as const
    const x = { ...image, shape: ['height', 'width'], multiples: { height: 4, width: 2 } }
    const outputs = { y: { ...image, shape: ['3*height', 'width'] }, z: { ...image, shape: ['height/4', 'width/2'] } }
    const compiled = await compileModel({
      name: 'growing',
      variables: {},
      phases: [],
      functions: [{ name: 'grow', weights: 'raw', inputs: { x }, outputs, program }],
      shown: ['grow'],
    })
    const [grow] = compiled.functions
    expect(grow!.inputs.noise!.shape).toEqual(['height/4', 'width/2'])
    const { graph } = decodeModel(grow!.program.graph)
    expect(graph.outputs.map(({ shape }) => shape)).toEqual([
      ['batch', '3*height', 'width'],
      ['batch', 'height/4', 'width/2'],
    ])
    const runner = await runCompiled(compiled)
    const { y, z } = await runner.run('grow', { x: draw([2, 8, 6], 'x'), noise: draw([2, 2, 3], 'noise') })
    expect([y!.shape, z!.shape]).toEqual([
      [2, 24, 6],
      [2, 2, 3],
    ])
  })

  it('is refused in a function where its first axis is not the batch', async () => {
    for (const shape of [[], [4, 3], [3]]) {
      const program: Program = ({ x }) => ({ y: tf.add(x!, tf.mean(drawNormal('shared', shape))) })
      await expect(compileFunction(program)).rejects.toMatchObject({
        code: 'NOISE_WITHOUT_BATCH',
        message: expect.stringContaining(`noisy/perturb draws the noise 'shared' of shape [${shape}]`),
      })
    }
    const twice: Program = ({ x }) => ({ y: tf.add(x!, tf.mean(drawNormal('n', [2 * x!.shape[0]!, 3]))) })
    await expect(compileFunction(twice)).rejects.toMatchObject({ code: 'NOISE_WITHOUT_BATCH' })
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

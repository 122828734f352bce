import { float32, ndarray, type TensorProgram, TrainingError, UnsupportedError } from '@gantry/core'
import { describeTrainingBackend } from '@gantry/core/testing'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { activate } from './engines.ts'
import { createReferenceModel } from './testing/reference-programs.ts'
import { createTfjsTraining } from './training.ts'

for (const backend of ['cpu', 'wasm'] as const) {
  describeTrainingBackend({
    name: `tfjs on ${backend}`,
    prepare: async () => {
      await activate(backend)
      return createTfjsTraining({ backend }).prepare(createReferenceModel())
    },
  })
}

const feeds = { x: ndarray('float32', [4, 3]), target: float32([4, 2], [1, 2, 3, 4, 5, 6, 7, 8]) }

/** A model of one variable and one phase. */
function modelOf(program: TensorProgram<tf.Tensor>, variable: tf.Variable = tf.variable(tf.scalar(1))) {
  const phase = { name: 'phase', feeds: {}, program, every: 1 }
  return { name: 'small', phases: [phase], functions: [], shown: [], variables: { variable } }
}

describe('createTfjsTraining', () => {
  test('leaks no tensors', async () => {
    const session = await createTfjsTraining({ backend: 'cpu' }).prepare(createReferenceModel())
    const { numTensors, numDataBuffers } = tf.memory()
    for (let step = 0; step < 3; step++) {
      await session.run('fit', feeds)
      await session.evaluate('predict', { x: feeds.x })
      await session.evaluate('perturb', { x: feeds.x }, (_, { shape }) => ndarray('float32', shape))
      await expect(session.evaluate('perturb', { x: feeds.x })).rejects.toMatchObject({ code: 'FEED_MISSING' })
      await session.writeState(await session.readState())
      await session.writeState(await session.readState(['linear/']), { partly: true })
      await expect(session.run('lookup', { index: ndarray('int32', [], Int32Array.of(9)) })).rejects.toThrow(
        /index value 9/,
      )
      expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers })
    }
  })

  test('chooses cpu where no native package is installed, and says what is faster', async () => {
    const { report } = await createTfjsTraining().prepare(createReferenceModel())
    expect(report).toMatchObject({ engine: 'tfjs-cpu', version: '4.22.0', device: 'cpu' })
    expect(report.rejected).toEqual([
      { name: 'tfjs-node-gpu', reason: '@tensorflow/tfjs-node-gpu is not installed' },
      { name: 'tfjs-node', reason: '@tensorflow/tfjs-node is not installed' },
    ])
    expect(report.warnings.join()).toContain('@gantry/backend-onnxruntime')
  })

  test('refuses an engine that is not installed, or not known', async () => {
    const prepare = (backend: string) =>
      createTfjsTraining({ backend: backend as 'cpu' }).prepare(createReferenceModel())
    await expect(prepare('tfjs-node')).rejects.toThrow(
      expect.objectContaining({ name: 'UnsupportedError', code: 'ENGINE_UNAVAILABLE' }),
    )
    await expect(prepare('tfjs-node')).rejects.toThrow(/Install @tensorflow\/tfjs-node@4\.22\.0/)
    await expect(prepare('wsam')).rejects.toThrow("Did you mean 'wasm'?")
  })

  test('names the kernel that wasm lacks', async () => {
    const { report, ...session } = await prepareOn('wasm', () => {
      const inputs = { x: tf.ones([1, 4, 4, 1]), dy: tf.ones([1, 4, 4, 1]) }
      const attributes = { strides: 1, pad: 'same', dataFormat: 'NHWC', filterShape: [3, 3, 1, 1] }
      return { norm: tf.sum(tf.engine().runKernel(tf.Conv2DBackpropFilter, inputs, attributes) as tf.Tensor) }
    })
    expect(report.warnings.join()).toContain('filter gradients')
    const error = await session.run('phase', {}).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(UnsupportedError)
    expect(error).toMatchObject({ code: 'KERNEL_MISSING' })
    expect((error as Error).message).toContain("Kernel 'Conv2DBackpropFilter' not registered for backend 'wasm'")
  })

  test('refuses results that are no scalars, and undoes the run', async () => {
    const variable = tf.variable(tf.scalar(1))
    const program = () => {
      variable.assign(tf.scalar(2))
      return { loss: tf.ones([2, 3]) }
    }
    const session = await createTfjsTraining({ backend: 'cpu' }).prepare(modelOf(program, variable))
    await expect(session.run('phase', {})).rejects.toThrow(
      "Phase 'phase': 'loss' is float32[2,3] but a phase returns scalars.",
    )
    expect((await session.readState()).variable!.data).toEqual(Float32Array.of(1))
  })

  test('goes back to its own backend when others have switched the global one', async () => {
    const seen: string[] = []
    const program = () => {
      seen.push(tf.getBackend())
      return { loss: tf.scalar(1) }
    }
    const [cpu, wasm] = [await prepareOn('cpu', program), await prepareOn('wasm', program)]
    await Promise.all([cpu.run('phase', {}), wasm.run('phase', {}), cpu.run('phase', {})])
    await tf.setBackend('wasm')
    await cpu.run('phase', {})
    expect(seen).toEqual(['cpu', 'wasm', 'cpu', 'cpu'])
  })

  test('wraps what a program throws', async () => {
    const cause = new RangeError('no such layer')
    const session = await prepareOn('cpu', () => {
      throw cause
    })
    const error = await session.run('phase', {}).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TrainingError)
    expect(error).toMatchObject({ code: 'RUN_FAILED', message: "Phase 'phase' failed: no such layer", cause })
  })

  test('refuses feeds of a dtype that TF.js lacks', async () => {
    const model = modelOf(() => ({}))
    const source = { from: 'batch', field: 'labels' } as const
    const phases = [{ ...model.phases[0]!, feeds: { labels: { dtype: 'int64', shape: [4], source } as const } }]
    await expect(createTfjsTraining().prepare({ ...model, phases })).rejects.toThrow(
      "The input 'labels' of 'phase' is int64, which TF.js lacks.",
    )
  })
})

async function prepareOn(backend: 'cpu' | 'wasm', program: TensorProgram<tf.Tensor>) {
  await activate(backend)
  const session = await createTfjsTraining({ backend }).prepare(modelOf(program))
  return { report: session.report, run: session.run.bind(session), readState: session.readState.bind(session) }
}

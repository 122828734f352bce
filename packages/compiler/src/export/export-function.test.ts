import { float32, type ModelFunction, pointsField, type TensorProgram } from '@gantry/core'
import { decodeModel } from '@gantry/onnx'
import { drawNormal, drawUniform } from '@gantry/tfjs'
import * as tf from '@tensorflow/tfjs-core'
import { InferenceSession } from 'onnxruntime-node'
import { beforeEach, describe, expect, it } from 'vitest'
import { drawFeeds, runExported } from '../testing/compare.ts'
import { exportFunction } from './export-function.ts'

let weight: tf.Variable

beforeEach(async () => {
  await tf.setBackend('cpu')
  tf.disposeVariables()
  weight = tf.variable(tf.tensor2d([[1], [-2]]))
})

type Function = ModelFunction<TensorProgram<tf.Tensor>>

function functionOf(program: Function['program'], changes: Partial<Function> = {}): Function {
  return {
    name: 'generate',
    weights: 'raw',
    inputs: { latent: pointsField([2]) },
    outputs: { samples: pointsField([1]) },
    program,
    ...changes,
  }
}

const project = (x: tf.Tensor) => tf.matMul(x as tf.Tensor2D, weight as unknown as tf.Tensor2D)

describe('exportFunction', () => {
  it('writes a function with its weights, and the noise that it draws by name as inputs', async () => {
    const documented = { documentation: 'a test', metadata: { licence: 'MIT' } }
    const { bytes, inputs, outputs } = await exportFunction(
      functionOf(({ latent }) => {
        const batch = latent!.shape[0]!
        const noise = tf.mul(drawNormal('noise', [batch, 1]), 10)
        const map = tf.sum(drawUniform('map', [batch, 2, 2]), [1, 2])
        return { samples: tf.add(tf.add(project(latent!), noise), tf.reshape(map, [-1, 1])) }
      }),
      documented,
    )
    expect(inputs).toEqual({
      latent: pointsField([2]),
      noise: { modality: 'noise', dtype: 'float32', shape: [1], drawn: 'normal' },
      map: { modality: 'noise', dtype: 'float32', shape: [2, 2], drawn: 'uniform' },
    })
    expect(outputs).toEqual({ samples: pointsField([1]) })
    const { graph, metadata } = decodeModel(bytes)
    expect(graph.name).toBe('generate')
    expect(metadata).toMatchObject({ licence: 'MIT' })
    expect(graph.inputs).toEqual([
      { name: 'latent', dtype: 'float32', shape: ['batch', 2] },
      { name: 'noise', dtype: 'float32', shape: ['batch', 1] },
      { name: 'map', dtype: 'float32', shape: ['batch', 2, 2] },
    ])
    const { samples } = await runExported(bytes, {
      latent: float32([2, 2], [1, 1, 3, 1]),
      noise: float32([2, 1], [1, 2]),
      map: float32([2, 2, 2], [1, 2, 3, 4, 0, 0, 0, 1]),
    })
    expect([...samples!.data]).toEqual([1 - 2 + 10 + 10, 3 - 2 + 20 + 1])
    expect([...weight.dataSync()]).toEqual([1, -2])
  })

  it('keeps an input that the program does not use, in the file as among its ports', async () => {
    const unused = { latent: pointsField([2]), truncation: pointsField([]) }
    const { bytes, inputs } = await exportFunction(
      functionOf(({ latent }) => ({ samples: project(latent!) }), { inputs: unused }),
    )
    const names = decodeModel(bytes).graph.inputs.map(({ name }) => name)
    expect(names).toEqual(Object.keys(inputs))
    expect(names).toEqual(['latent', 'truncation'])
    // ONNX Runtime keeps it, too.
    const session = await InferenceSession.create(bytes)
    expect(session.inputNames).toEqual(names)
    await session.release()
    const feeds = drawFeeds(
      { latent: { dtype: 'float32', shape: ['batch', 2] }, truncation: { dtype: 'float32', shape: ['batch'] } },
      3,
    )
    expect((await runExported(bytes, feeds)).samples!.shape).toEqual([3, 1])
  })

  it('refuses outputs that are not what the ports say, with both sides', async () => {
    const program: Function['program'] = ({ latent }) => ({ samples: project(latent!) })
    const refused = async (fn: Function) =>
      exportFunction(fn).then(
        () => 'exported',
        (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
      )
    expect(await refused(functionOf(program, { outputs: { samples: pointsField([3]) } }))).toMatch(
      /^OUTPUT_MISMATCH: generate: the output 'samples' is float32\[batch,3\] but its program returns float32\[batch,1\]/,
    )
    expect(await refused(functionOf(program, { outputs: { images: pointsField([1]) } }))).toMatch(
      /^OUTPUT_MISMATCH: .*'images' is not among what its program returns \(samples\)/,
    )
    expect(await refused(functionOf(program, { outputs: {} }))).toMatch(
      /^OUTPUT_MISMATCH: .*returns 'samples', which is none of its outputs/,
    )
    expect(await refused(functionOf(({ latent }) => ({ samples: tf.sum(project(latent!)) })))).toMatch(
      /^OUTPUT_MISMATCH: .*returns float32\[\]/,
    )
    const open = { ...pointsField([]), shape: ['width'] }
    expect(await refused(functionOf(program, { outputs: { samples: open } }))).toBe('exported')
  })

  it('refuses noise that does not belong to single elements of the batch', async () => {
    await expect(
      exportFunction(functionOf(({ latent }) => ({ samples: tf.mul(project(latent!), drawNormal('gain', [1])) }))),
    ).rejects.toMatchObject({ code: 'NOISE_WITHOUT_BATCH', message: expect.stringContaining("'gain' of shape [1]") })
  })
})

import { float32, type NDArray, ndarray } from '@gantry/core'
import { describeInferenceBackend } from '@gantry/core/testing'
import { attribute, createModel, encodeModel, GraphBuilder } from '@gantry/onnx'
import { describe, expect, test } from 'vitest'
import { createOnnxRuntimeInference } from './inference.ts'
import { referenceInferenceFile } from './testing/reference-graphs.ts'

const backend = createOnnxRuntimeInference({ device: 'cpu', threads: 1 })

describeInferenceBackend({
  name: 'onnxruntime',
  model: referenceInferenceFile,
  load: (source) => backend.load(source),
})

describe('createOnnxRuntimeInference', () => {
  test('carries every dtype both ways', async () => {
    const arrays: Record<string, NDArray> = {
      float32: ndarray('float32', [2], Float32Array.of(0.5, -1)),
      float64: ndarray('float64', [2], Float64Array.of(0.1, -1)),
      int32: ndarray('int32', [2], Int32Array.of(1, -1)),
      int64: ndarray('int64', [2], BigInt64Array.of(1n, -1n)),
      uint8: ndarray('uint8', [2], Uint8Array.of(255, 0)),
      bool: ndarray('bool', [2], Uint8Array.of(1, 0)),
    }
    const builder = new GraphBuilder('identity')
    for (const [name, spec] of Object.entries(arrays)) {
      builder.output(`${name}/out`, builder.node('Identity', [builder.input(name, spec)]), spec)
    }
    const session = await backend.load(encodeModel(createModel(builder.build())))
    const results = await session.run(arrays)
    for (const [name, array] of Object.entries(arrays)) expect(results[`${name}/out`]).toEqual(array)
    await session.dispose()
  })

  test('takes lengths without a name as unrelated', async () => {
    const builder = new GraphBuilder('unnamed')
    const spec = { dtype: 'float32', shape: [''] } as const
    const [left, right] = [builder.input('left', spec), builder.input('right', spec)]
    builder.output('both', builder.node('Concat', [left, right], { axis: attribute.int(0) }), spec)
    const session = await backend.load(encodeModel(createModel(builder.build())))
    expect(session.inputs.map(({ shape }) => shape)).toEqual([['left.0'], ['right.0']])
    const { both } = await session.run({ left: float32([1], [1]), right: float32([2], [2, 3]) })
    expect(both!.data).toEqual(Float32Array.of(1, 2, 3))
    await session.dispose()
  })

  test('stays usable after a run that failed, which names the model', async () => {
    const builder = new GraphBuilder('gather')
    const index = builder.input('index', { dtype: 'int32', shape: [] })
    const table = builder.constant(ndarray('float32', [2], Float32Array.of(3, 4)))
    builder.output('value', builder.node('Gather', [table, index]), { dtype: 'float32', shape: [] })
    const session = await backend.load(encodeModel(createModel(builder.build())))
    const feeds = (at: number) => ({ index: ndarray('int32', [], Int32Array.of(at)) })
    await expect(session.run(feeds(2))).rejects.toThrow(
      expect.objectContaining({ code: 'RUN_FAILED', message: expect.stringContaining('out of data bounds') }),
    )
    expect((await session.run(feeds(1))).value!.data).toEqual(Float32Array.of(4))
    await session.dispose()
  })
})

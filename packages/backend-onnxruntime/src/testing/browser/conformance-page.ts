import { type DType, ndarray, type TypedArray } from '@gantry/core'
import { describeInferenceBackend, describeTrainingBackend } from '@gantry/core/testing'
import { createModel, encodeModel, GraphBuilder } from '@gantry/onnx'
import { describe, expect, test } from 'vitest'
import { createOnnxRuntimeInference, createOnnxRuntimeTraining, probeDevices } from '../../index.ts'
import { compiledReferenceModel, referenceInferenceFile } from '../reference-graphs.ts'
import { runTests } from './in-page-vitest.ts'

// Runs in a page: both kits, and what differs in a browser.

declare const location: { readonly search: string }

const device = new URLSearchParams(location.search).get('device') as 'cpu' | 'webgpu'
const options = { device, threads: 2 }
const training = createOnnxRuntimeTraining(options)
const inference = createOnnxRuntimeInference(options)

describeTrainingBackend({
  name: 'onnxruntime in a browser',
  prepare: () => training.prepare(compiledReferenceModel()),
  skip:
    device === 'webgpu'
      ? [
          {
            reason: 'a gather out of range reads zero on WebGPU instead of failing',
            tests: ['leaves the state as it was when a program fails, and goes on'],
          },
        ]
      : [],
})

describeInferenceBackend({
  name: 'onnxruntime in a browser',
  model: referenceInferenceFile,
  load: (source) => inference.load(source),
  async withFile(bytes, run) {
    const url = URL.createObjectURL(new Blob([Uint8Array.from(bytes)]))
    try {
      await run(url)
    } finally {
      URL.revokeObjectURL(url)
    }
  },
})

describe('onnxruntime in a browser', () => {
  test('carries every dtype both ways', async () => {
    const arrays: readonly [DType, TypedArray][] = [
      ['float32', Float32Array.of(0.5, -1)],
      ['float64', Float64Array.of(0.1, -1)],
      ['int32', Int32Array.of(1, -1)],
      ['int64', BigInt64Array.of(2n ** 40n, -1n)],
      ['uint8', Uint8Array.of(255, 0)],
      ['bool', Uint8Array.of(1, 0)],
    ]
    const builder = new GraphBuilder('identity')
    const feeds = Object.fromEntries(arrays.map(([dtype, data]) => [dtype, ndarray(dtype, [2], data)]))
    for (const [name, spec] of Object.entries(feeds)) {
      builder.output(`${name}/out`, builder.node('Identity', [builder.input(name, spec)]), spec)
    }
    const session = await inference.load(encodeModel(createModel(builder.build())))
    const results = await session.run(feeds)
    for (const [name, array] of Object.entries(feeds)) expect(results[`${name}/out`]).toEqual(array)
    await session.dispose()
  })

  test('says where it computes', async () => {
    const isIsolated = Reflect.get(globalThis, 'crossOriginIsolated') as boolean
    const session = await createOnnxRuntimeInference({ ...options, device: 'cpu' }).load(referenceInferenceFile())
    const limited = expect.stringMatching(/one thread instead of 2: this page is not cross-origin isolated/)
    expect(session.report).toEqual({
      engine: 'onnxruntime',
      version: '1.30.0',
      device: 'cpu',
      rejected: [],
      warnings: isIsolated ? [] : [limited],
    })
    await session.dispose()
  })

  test('tells a time or a reason for every device', async () => {
    const [cpu, cuda, webgpu] = await probeDevices()
    expect(cpu).toMatchObject({ device: 'cpu', available: true })
    expect(cuda).toMatchObject({ device: 'cuda', available: false, reason: 'browsers have no CUDA' })
    expect(webgpu).toHaveProperty(webgpu!.available ? 'milliseconds' : 'reason')
  })

  test('refuses a device that is missing', async () => {
    await expect(createOnnxRuntimeInference({ device: 'cuda' }).load(referenceInferenceFile())).rejects.toThrow(
      /'cuda' cannot be used here: browsers have no CUDA/,
    )
  })

  test('says where it looked for WebAssembly', async () => {
    const lost = createOnnxRuntimeInference({ device: 'cpu', wasmPaths: 'nowhere' })
    await expect(lost.load(referenceInferenceFile())).rejects.toMatchObject({
      name: 'ConfigurationError',
      code: 'WASM_UNAVAILABLE',
      message: expect.stringMatching(/\/nowhere\/ort-wasm-simd-threaded\.wasm.*wasmPaths/s),
    })
  })
})

Object.assign(globalThis, { runTests })

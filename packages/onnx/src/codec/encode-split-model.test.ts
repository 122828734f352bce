import { mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromBinary } from '@bufbuild/protobuf'
import { float32, type NDArray, ndarray, RandomStream } from '@gantry/core'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { expect, test } from 'vitest'
import { ModelProtoSchema } from '../generated/onnx_pb.ts'
import type { Model } from '../graph.ts'
import { GraphBuilder } from '../graph-builder.ts'
import { createModel } from '../model.ts'
import { runGraph } from '../testing/run-graph.ts'
import { decodeModel } from './decode-model.ts'
import { encodeModel } from './encode-model.ts'
import { encodeSplitModel } from './encode-split-model.ts'

/** Two dense layers whose weights have odd lengths. */
function twoLayers(): Model {
  const random = new RandomStream(3, 'weights')
  const weight = (...shape: [number, number]) =>
    float32(shape, random.fillNormal(new Float32Array(shape[0] * shape[1])))
  const builder = new GraphBuilder('layers')
  const x = builder.input('x', { dtype: 'float32', shape: ['batch', 7] })
  const hidden = builder.node('MatMul', [x, builder.initializer('first', weight(7, 301))])
  const shifted = builder.node('Add', [hidden, builder.initializer('shift', float32([1], [0.5]))])
  builder.output('y', builder.node('MatMul', [shifted, builder.initializer('second', weight(301, 3))]))
  return createModel(builder.build(), { metadata: { author: 'me' } })
}

const x = float32(
  [2, 7],
  Array.from({ length: 14 }, (_, index) => index / 8),
)

test('ONNX Runtime loads the pair from a folder and computes the same', async () => {
  const model = twoLayers()
  const folder = mkdtempSync(join(tmpdir(), 'gantry-split-'))
  try {
    const { model: bytes, data } = encodeSplitModel(model, 'layers.bin', { threshold: 100 })
    await writeFile(join(folder, 'layers.onnx'), bytes)
    await writeFile(join(folder, data.location), data.chunks)
    expect(bytes.length).toBeLessThan(600)
    const session = await InferenceSession.create(join(folder, 'layers.onnx'), {
      graphOptimizationLevel: 'disabled',
      logSeverityLevel: 3,
    })
    const { y } = await session.run({ x: new Tensor('float32', x.data, [2, 7]) })
    await session.release()
    expect(ndarray('float32', y!.dims, y!.data as Float32Array)).toEqual((await runGraph(model.graph, { x })).y)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('what is written is read again, small tensors from the model and large ones from the file', () => {
  const model = twoLayers()
  const { model: bytes, data } = encodeSplitModel(model, 'weights/layers.bin', { threshold: 100 })
  const file = Buffer.concat([...data.chunks])
  expect(file.length).toBe(data.size)
  expect(decodeModel(bytes, { 'weights/layers.bin': file })).toEqual(decodeModel(encodeModel(model)))
  const damaged = () => decodeModel(bytes, { 'weights/layers.bin': file.subarray(0, -1) })
  expect(damaged).toThrow(`but that file has ${data.size - 1}`)
  expect(() => decodeModel(bytes)).toThrow("decodeModel(bytes, { 'weights/layers.bin': fileBytes })")
})

/** A model of many large weights in the same memory: only its lengths are large. */
function giant(weights: number, bytesEach: number): Model {
  const memory = new ArrayBuffer(bytesEach)
  const array: NDArray = ndarray('float32', [bytesEach / 4], new Float32Array(memory))
  const names = Array.from({ length: weights }, (_, index) => `weight_${index}`)
  return createModel({
    name: 'giant',
    inputs: [],
    outputs: [],
    initializers: new Map(names.map((name) => [name, array])),
    nodes: [],
    valueSpecs: new Map(),
  })
}

test.each([9, 20])('%i weights of 256 MiB are too large for one file and fit into two', (weights) => {
  const model = giant(weights, 2 ** 28)
  expect(() => encodeModel(model)).toThrow(
    expect.objectContaining({
      code: 'ONNX_TOO_LARGE',
      message: expect.stringContaining("externalData: 'weights.bin'"),
    }),
  )
  const { model: bytes, data } = encodeSplitModel(model, 'weights.bin')
  expect(data.size).toBe(weights * 2 ** 28)
  const tensors = fromBinary(ModelProtoSchema, bytes).graph!.initializer
  const places = tensors.map(({ externalData }) =>
    Object.fromEntries(externalData.map(({ key, value }) => [key, value])),
  )
  expect(places.at(-1)).toEqual({
    location: 'weights.bin',
    offset: String((weights - 1) * 2 ** 28),
    length: String(2 ** 28),
  })
  expect([...data.chunks].reduce((sum, chunk) => sum + chunk.length, 0)).toBe(data.size)
})

test('weights start at a page of memory when they are large', () => {
  const model = giant(2, 2 ** 20 + 4)
  const { data } = encodeSplitModel(model, 'weights.bin')
  expect([...data.chunks].map(({ length }) => length)).toEqual([2 ** 20 + 4, 4092, 2 ** 20 + 4])
})

test.each(['/tmp/weights.bin', '../weights.bin', 'C:\\weights.bin', ''])('%j is refused as a place', (location) => {
  expect(() => encodeSplitModel(twoLayers(), location)).toThrow(
    expect.objectContaining({ code: 'EXTERNAL_LOCATION_INVALID' }),
  )
})

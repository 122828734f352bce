import { createOnnxRuntimeInference } from '@gantry/backend-onnxruntime'
import { type Dimension, type DType, float32, ndarray } from '@gantry/core'
import {
  attribute,
  createModel,
  decodeModel,
  encodeModel,
  encodeSplitModel,
  type Graph,
  GraphBuilder,
} from '@gantry/onnx'
import { describe, expect, test } from 'vitest'
import { proceduralImages } from '../../testing/procedural.ts'
import { createOnnxExtractor, type OnnxExtractorOptions } from './onnx-model.ts'

const backend = createOnnxRuntimeInference({ device: 'cpu' })

/** Doubles the image (`doubled`), and sums it over everything but the batch (`total`). */
function modelOf(shape: readonly Dimension[], dtype: DType = 'float32'): Uint8Array {
  const builder = new GraphBuilder('user')
  // A name that the extractor uses too.
  const images = builder.input('images', { dtype, shape })
  const numbers = dtype === 'float32' ? images : builder.node('Cast', [images], { to: attribute.int(1) })
  const doubled = builder.node('Mul', [numbers, builder.constant(float32([], [2]))], {}, { name: 'block/doubled' })
  const axes = builder.constant(ndarray('int64', [3], BigInt64Array.of(1n, 2n, 3n)))
  builder.output('total', builder.node('ReduceSum', [doubled, axes], { keepdims: attribute.int(0) }))
  return encodeModel(createModel(builder.build()))
}

async function extract(
  bytes: Uint8Array,
  options: OnnxExtractorOptions,
  images: Parameters<typeof proceduralImages>[0],
) {
  const extractor = await createOnnxExtractor(backend, bytes, options)
  const batch = proceduralImages(images)
  const features = await extractor.extract(batch, Object.keys(extractor.layers))
  await extractor.dispose()
  return { extractor, features, pixels: batch.data }
}

const color = { seed: 9, N: 3, H: 2, W: 4, C: 3 }

test('an inner layer of a model with channels first', async () => {
  const { extractor, features, pixels } = await extract(
    modelOf(['N', 3, 2, 4]),
    { layers: ['block/doubled'], name: 'mine' },
    color,
  )
  expect(extractor).toMatchObject({
    frechetName: 'mine-frechet',
    layers: { 'block/doubled': 24 },
    protocol: {
      extractor: 'mine:block/doubled',
      weights: expect.stringMatching(/^[0-9a-f]{64}$/),
      resizer: 'pil-bicubic to 2×4, 0 to 1',
    },
  })
  const { rows, data } = features['block/doubled']!
  expect(rows).toBe(3)
  // Sample 1, channel 2, row 1, column 3.
  expect(data[24 + 2 * 8 + 7]).toBeCloseTo((2 * pixels[24 + (1 * 4 + 3) * 3 + 2]!) / 255, 6)
})

test('channels last, means over space, another range, a second layer for logits', async () => {
  const options = { layers: ['block/doubled'], logitLayer: 'total', pooling: 'mean', range: [-1, 1] } as const
  const { extractor, features, pixels } = await extract(modelOf(['N', 2, 4, 3]), options, color)
  expect(extractor).toMatchObject({
    layers: { 'block/doubled': 3, total: 1 },
    featureLayer: 'block/doubled',
    logitLayer: 'total',
  })
  const image = pixels.subarray(24, 48)
  const mean = (channel: number) =>
    image.filter((_, index) => index % 3 === channel).reduce((sum, value) => sum + value, 0) / 8
  expect(features['block/doubled']!.data[3 + 1]).toBeCloseTo(2 * (mean(1) / 127.5 - 1), 5)
  const total = 2 * image.reduce((sum, value) => sum + value / 127.5 - 1, 0)
  expect(features.total!.data[1]).toBeCloseTo(total, 4)
})

test('8-bit inputs, a fixed batch, and images that must be resized', async () => {
  const { features } = await extract(modelOf([2, 2, 4, 3], 'uint8'), {}, { ...color, H: 4, W: 8 })
  const one = await extract(modelOf([1, 2, 4, 3], 'uint8'), {}, { ...color, H: 4, W: 8 })
  expect(features.total).toMatchObject({ rows: 3, columns: 1 })
  expect(features).toEqual(one.features)
  expect(features.total!.data.every((value) => value % 2 === 0 && value > 0)).toBe(true)
})

test('a size must be given where the model takes any', async () => {
  await expect(createOnnxExtractor(backend, modelOf(['N', 3, 'H', 'W']))).rejects.toMatchObject({
    code: 'IMAGE_SIZE_UNKNOWN',
  })
  const { features } = await extract(modelOf(['N', 3, 'H', 'W']), { size: [2, 4] }, color)
  expect(features.total!.rows).toBe(3)
})

describe('refusals', () => {
  const rejects = (bytes: Uint8Array, options: OnnxExtractorOptions, error: Record<string, unknown>) =>
    expect(createOnnxExtractor(backend, bytes, options)).rejects.toMatchObject(error)

  test('layers that the model has not, with the nearest', async () => {
    await rejects(
      modelOf(['N', 3, 2, 4]),
      { layers: ['block/double'] },
      { code: 'LAYER_UNKNOWN', message: expect.stringContaining("Did you mean 'block/doubled'?") },
    )
    await rejects(
      modelOf(['N', 3, 2, 4]),
      { layers: ['zzz'] },
      { code: 'LAYER_UNKNOWN', message: expect.stringContaining('block/doubled, total') },
    )
  })

  test('models of other things than images', async () => {
    await rejects(
      modelOf(['N', 5, 2, 4]),
      {},
      { code: 'MODEL_UNSUITABLE', message: expect.stringContaining("'images' float32[N,5,2,4]") },
    )
    await rejects(modelOf(['N', 3, 2, 3]), {}, { code: 'MODEL_UNSUITABLE' })
  })

  test('colours for a model of grey images', async () => {
    await expect(extract(modelOf(['N', 1, 2, 4]), {}, color)).rejects.toMatchObject({ code: 'IMAGES_UNSUITABLE' })
    const { features } = await extract(modelOf(['N', 1, 2, 4]), {}, { ...color, C: 1 })
    expect(features.total!.rows).toBe(3)
  })
})

describe('a model of another operator set', () => {
  /** Clips the image and flattens it by operators of this set; `own` is one that only the file's author knows. */
  const modelOfSet = (opset: number, operator = 'Clip') => {
    const [input, output] = [
      { name: 'x', dtype: 'float32', shape: ['N', 3, 2, 4] },
      { name: 'y', dtype: 'float32', shape: ['N', 24] },
    ] as const
    const clip = { operator, name: 'clip', inputs: ['x'], outputs: ['clipped'] }
    const softmax = { operator: 'Softmax', name: 'softmax', inputs: ['clipped'], outputs: ['chances'] }
    const flatten = { operator: 'Flatten', name: 'flatten', inputs: ['chances'], outputs: ['y'], attributes: {} }
    const graph: Graph = {
      name: 'old',
      inputs: [input],
      outputs: [output],
      initializers: new Map(),
      nodes: [
        { ...clip, attributes: { max: attribute.float(0.5) } },
        { ...softmax, attributes: { axis: attribute.int(1) } },
        flatten,
      ],
      valueSpecs: new Map(),
      operatorSets: new Map([['', opset]]),
    }
    return encodeModel(createModel(graph))
  }

  test.each([6, 7, 9])('of opset %i is brought to the one of our own nodes', async (opset) => {
    const { features, pixels } = await extract(modelOfSet(opset), {}, color)
    const { data } = features.y!
    const sum = Array.from(data.subarray(0, 24)).reduce((total, value) => total + value, 0)
    // Softmax over all channels and places of a sample, as the set meant it.
    expect(sum).toBeCloseTo(1, 5)
    const clipped = (pixel: number) => Math.exp(Math.min(pixel / 255, 0.5))
    expect(data[1]! / data[0]!).toBeCloseTo(clipped(pixels[3]!) / clipped(pixels[0]!), 5)
  })

  test('that cannot be brought there says so', async () => {
    const failing = createOnnxExtractor(backend, modelOfSet(7, 'ScaledTanh'))
    await expect(failing).rejects.toThrow(/operator set 7 of ONNX.*nodes of set 17/)
    await expect(failing).rejects.toMatchObject({ code: 'OPSET_UNSUITABLE' })
  })
})

test('a model with its weights beside it has the features of one that holds them, and the weights are part of the protocol', async () => {
  const bytes = modelOf(['N', 3, 2, 4])
  const { model, data } = encodeSplitModel(decodeModel(bytes), 'weights.bin', { threshold: 0 })
  const weights = Buffer.concat([...data.chunks])
  const whole = await extract(bytes, {}, color)
  const split = await extract(model, { externalFiles: () => weights }, color)
  expect(split.features).toEqual(whole.features)
  const changed = Uint8Array.from(weights)
  // The factor 2 becomes 2.5; its place is the first.
  changed[2] = 0x20
  const other = await extract(model, { externalFiles: () => changed }, color)
  expect(other.features).not.toEqual(whole.features)
  expect(other.extractor.protocol.weights).not.toBe(split.extractor.protocol.weights)
})

import { createHash } from 'node:crypto'
import { createOnnxRuntimeInference } from '@gantry/backend-onnxruntime'
import { ndarray } from '@gantry/core'
import { openDataset } from '@gantry/datasets'
import { decodeModel } from '@gantry/onnx'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FeatureExtractor } from '../extractor.ts'
import { countClassModes, predictedClasses } from '../modes/class-modes.ts'
import { classifierMnist } from './classifier-mnist.ts'
import { mnistWeightsHash } from './generated/mnist-weights.ts'
import { decodeHalf } from './half-precision.ts'
import { mnistClassifierModel } from './mnist-graph.ts'
import { mnistWeightBytes, readMnistWeights } from './mnist-weights.ts'

/** What train.mjs wrote on 22 November 2026. Scores of other weights are no longer comparable: a new hash is a breaking change. */
const PINNED_HASH = 'eb80033010e7a248b5e83eafa644abe09cd09423e1349f848c83da1aa23fb756'
const PINNED_CORRECT = 9956

let extractor: FeatureExtractor

beforeAll(async () => {
  extractor = await classifierMnist({ backend: createOnnxRuntimeInference({ device: 'cpu' }) })
})
afterAll(() => extractor.dispose())

describe('the shipped weights', () => {
  it('are those that were trained', () => {
    const bytes = mnistWeightBytes()
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(PINNED_HASH)
    expect(mnistWeightsHash).toBe(PINNED_HASH)
    expect(extractor.protocol).toMatchObject({ extractor: 'classifier-mnist', weights: PINNED_HASH })
  })

  it('fill their shapes exactly, with finite numbers', () => {
    const weights = [...readMnistWeights().values()]
    expect(weights.reduce((sum, { data }) => sum + data.length, 0) * 2).toBe(mnistWeightBytes().length)
    expect(weights.every(({ data }) => data.every(Number.isFinite))).toBe(true)
  })

  it('make a file of less than 500 KB', () => {
    const model = mnistClassifierModel()
    expect(model.length).toBeLessThan(500_000)
    expect(decodeModel(model).graph.outputs.map(({ name }) => name)).toEqual(['features', 'logits'])
  })
})

it('reads half precision', () => {
  const words = Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001, 0x0400, 0x8000, 0x7c00, 0x3555)
  const values = decodeHalf(new Uint8Array(words.buffer))
  expect([...values]).toEqual([1, -2, 65504, 2 ** -24, 2 ** -14, -0, Number.POSITIVE_INFINITY, 1365 / 4096])
})

it('is right about 9,956 of the 10,000 test images', async () => {
  const dataset = await openDataset('mnist-test')
  const stream = dataset.batches({ batchSize: 500, seed: 1 })
  const predicted: number[] = []
  const truth: number[] = []
  for (let batch = 0; batch < dataset.size / 500; batch++) {
    const { image, label } = (await stream.next()).value
    const pixels = Uint8Array.from(image!.data as Float32Array, (value) => Math.round(127.5 * (value + 1)))
    const { logits } = await extractor.extract(ndarray('uint8', image!.shape, pixels), ['logits'])
    predicted.push(...predictedClasses(logits!))
    truth.push(...(label!.data as Int32Array))
  }
  await stream.return?.()
  const correct = predicted.filter((own, row) => own === truth[row]).length
  // Sums in another order, on another processor, may decide one or two close calls otherwise.
  expect(Math.abs(correct - PINNED_CORRECT)).toBeLessThanOrEqual(2)
  const modes = countClassModes(Int32Array.from(predicted), { classes: 10, reference: Int32Array.from(truth) })
  expect(modes.covered).toBe(10)
  expect(modes.divergenceFromReference).toBeLessThan(1e-4)
})

describe('the extractor', () => {
  it('gives what it announces', async () => {
    const images = ndarray('uint8', [3, 28, 28, 1])
    const { features, logits } = await extractor.extract(images, ['features', 'logits'])
    expect([features!.rows, features!.columns]).toEqual([3, extractor.layers[extractor.featureLayer]])
    expect([logits!.rows, logits!.columns]).toEqual([3, extractor.layers[extractor.logitLayer!]])
    expect(extractor.frechetName).toBe('mnist-frechet')
  })

  it.each([
    ['uint8', [1, 32, 32, 1]],
    ['uint8', [1, 28, 28, 3]],
    ['float32', [1, 28, 28, 1]],
  ] as const)('refuses %s images of %o, and tells the fix', async (dtype, shape) => {
    const images = ndarray(dtype, shape) as never
    await expect(extractor.extract(images, ['features'])).rejects.toMatchObject({ code: 'IMAGES_UNSUITABLE' })
  })

  it('refuses layers that it does not have', async () => {
    const images = ndarray('uint8', [1, 28, 28, 1])
    await expect(extractor.extract(images, ['feature'])).rejects.toMatchObject({
      code: 'LAYER_UNKNOWN',
      message: expect.stringContaining("'features'"),
    })
  })
})

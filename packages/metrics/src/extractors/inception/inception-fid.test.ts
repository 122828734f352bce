import { createHash } from 'node:crypto'
import { createOnnxRuntimeInference } from '@gantry/backend-onnxruntime'
import { ndarray } from '@gantry/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FeatureExtractor } from '../../extractor.ts'
import type { FeatureMatrix } from '../../features.ts'
import golden from '../../testing/goldens/inception.json' with { type: 'json' }
import { proceduralImages } from '../../testing/procedural.ts'
import { proceduralInception } from '../../testing/procedural-weights.ts'
import { createInceptionFid } from './inception-fid.ts'

const images = proceduralImages(golden.image)
const tensors = proceduralInception(golden.stateDict, golden.weights.seed0)
const backend = createOnnxRuntimeInference({ device: 'cpu' })
const weights = { tensors, sha256: 'procedural', official: false }

interface Recorded {
  readonly mean: number
  readonly std: number
  readonly first16: readonly number[]
  readonly strided32: readonly number[]
  readonly wmean: number
}

/** The largest difference between recorded and computed numbers of one image; the weighted mean is scaled as its tolerance is. */
function largestDifference({ columns, data }: FeatureMatrix, image: number, recorded: Recorded): number {
  const row = data.subarray(image * columns, (image + 1) * columns) as Float32Array
  const mean = row.reduce((sum, value) => sum + value, 0) / columns
  const deviation = Math.sqrt(row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / columns)
  const weighted = row.reduce((sum, value, index) => sum + value * ((index % 97) + 1), 0) / columns
  return Math.max(
    Math.abs(mean - recorded.mean),
    Math.abs(deviation - recorded.std),
    Math.abs(weighted - recorded.wmean) / 100,
    ...recorded.first16.map((value, index) => Math.abs(row[index]! - value)),
    ...recorded.strided32.map((value, index) => Math.abs(row[Math.floor((index * columns) / 32)]! - value)),
  )
}

test('starts from the recorded weights', () => {
  const hash = createHash('sha256')
  for (const { data } of tensors.values()) hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  expect(tensors.size).toBe(golden.weights.tensorCount)
  expect(hash.digest('hex').slice(0, 16)).toBe(golden.weights.sha_all_f32le)
})

describe('features equal torch-fidelity in float64', () => {
  let extractor: FeatureExtractor
  let features: Readonly<Record<string, FeatureMatrix>>
  beforeAll(async () => {
    extractor = await createInceptionFid(backend, weights)
    features = await extractor.extract(images, Object.keys(extractor.layers))
  })
  afterAll(() => extractor.dispose())

  test.each(Object.entries(golden.expected.torch_fidelity_f64))('layer %s', (layer, recorded) => {
    const matrix = features[layer]!
    expect(matrix.columns).toBe(extractor.layers[layer])
    expect(matrix.rows).toBe(recorded.length)
    const { atol } = golden.tolerance[layer as keyof typeof golden.tolerance]
    const differences = recorded.map((image, index) => largestDifference(matrix, index, image))
    if (process.env.GANTRY_PRINT_DIFFERENCES) console.log(layer, Math.max(...differences), 'of', atol)
    expect(Math.max(...differences)).toBeLessThanOrEqual(atol)
  })

  test('a grey image is three equal channels; images of other sizes need no other network', async () => {
    const grey = proceduralImages({ seed: 5, N: 1, H: 28, W: 20, C: 1 })
    const color = ndarray(
      'uint8',
      [1, 28, 20, 3],
      Uint8Array.from({ length: 28 * 20 * 3 }, (_, i) => grey.data[Math.floor(i / 3)]!),
    )
    const left = await extractor.extract(grey, ['2048'])
    const right = await extractor.extract(color, ['2048'])
    expect(left['2048']).toEqual(right['2048'])
  })

  test('refuses what is no image, and layers that it has not', async () => {
    const alpha = extractor.extract(proceduralImages({ seed: 5, N: 1, H: 8, W: 8, C: 4 }), ['2048'])
    await expect(alpha).rejects.toMatchObject({
      code: 'IMAGES_UNSUITABLE',
      message: expect.stringContaining('[1,8,8,4]'),
    })
    await expect(extractor.extract(images, ['2084'])).rejects.toMatchObject({
      code: 'LAYER_UNKNOWN',
      message: expect.stringContaining("Did you mean '2048'?"),
    })
  })
})

test("pytorch-fid's own preparation", async () => {
  const extractor = await createInceptionFid(backend, weights, {
    resizer: 'half-pixel-bilinear',
    layers: ['64', '192'],
  })
  const features = await extractor.extract(images, ['64', '192'])
  await extractor.dispose()
  for (const layer of ['64', '192'] as const) {
    for (const [index, recorded] of golden.expected.pytorch_fid_default_halfpixel[layer].entries()) {
      expect(largestDifference(features[layer]!, index, recorded)).toBeLessThanOrEqual(golden.tolerance[layer].atol)
    }
  }
  expect(extractor.frechetName).toBe('pytorch-fid')
})

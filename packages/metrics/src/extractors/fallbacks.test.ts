import { createOnnxRuntimeInference } from '@gantry/backend-onnxruntime'
import { expect, test } from 'vitest'
import { proceduralImages } from '../testing/procedural.ts'
import { createPixels } from './pixels.ts'
import { createRandomConvolutions } from './random-convolutions.ts'

const images = proceduralImages({ seed: 3, N: 2, H: 40, W: 20, C: 3 })

test('pixels of large images are made smaller, and keep their proportions', async () => {
  const extractor = createPixels({ shape: [40, 20, 3], longestSide: 16 })
  const { pixels } = await extractor.extract(images, ['pixels'])
  expect(pixels).toMatchObject({ rows: 2, columns: 16 * 8 * 3 })
  expect(extractor.protocol).toMatchObject({ weights: 'none', resizer: 'pil-bicubic to 16×8' })
})

test('random convolutions are the same in every process', async () => {
  const extractor = await createRandomConvolutions(createOnnxRuntimeInference({ device: 'cpu' }))
  const { features } = await extractor.extract(images, ['features'])
  await extractor.dispose()
  expect(features).toMatchObject({ rows: 2, columns: 512 })
  expect(extractor).toMatchObject({ frechetName: 'random-conv-frechet', protocol: { weights: 'seed 2020' } })
  // Frozen from the first run: whoever changes these makes old scores incomparable.
  const frozen = [
    [0, 0.23915895819664],
    [1, 0.060971520841121674],
    [511, 0.8755451440811157],
    [512, 0.23194485902786255],
    [1023, 0.7680066823959351],
  ] as const
  for (const [index, value] of frozen) expect(features!.data[index]).toBeCloseTo(value, 5)
})

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { float32, type NDArray, ndarray, sizeOfShape } from '@gantry/core'
import { describe, expect, test } from 'vitest'
import { encodeNpz } from '../formats/npz.ts'
import golden from '../testing/goldens/inception.json' with { type: 'json' }
import { sha256 } from './hash-weights.ts'
import { knownWeights } from './known-weights.ts'
import { weightsFor } from './weights-for.ts'
import { inceptionShapes } from './weights-shapes.ts'

const headShapes = [64, 192, 384, 256, 256].map((channels) => [1, channels, 1, 1])
const heads = (nameOf: (layer: number) => string): Record<string, NDArray> =>
  Object.fromEntries(headShapes.map((shape, layer) => [nameOf(layer), ndarray('float32', shape)]))

describe('the table', () => {
  test('has the state dict that the reference has', () => {
    const expected = Object.entries(golden.stateDict).filter(([name]) => !name.endsWith('num_batches_tracked'))
    expect([...inceptionShapes()].sort()).toEqual(expected.sort())
  })

  test('has as many weights of VGG-19 as its convolutions have', () => {
    const sizes = [...knownWeights.find(({ name }) => name === 'vgg19')!.shapes.values()].map(sizeOfShape)
    expect(sizes).toHaveLength(32)
    // Keras's VGG19 without its top says so.
    expect(sizes.reduce((sum, size) => sum + size)).toBe(20_024_384)
  })

  test('agrees with the first digits of the hash that file names carry', () => {
    const files = knownWeights.flatMap((known) => known.files)
    for (const { fileName, sha256, url } of files) {
      expect(sha256).toMatch(/^[0-9a-f]{64}$/)
      expect(url.endsWith(`/${fileName}`)).toBe(true)
      const digits = /-([0-9a-f]{8})\.pth$/.exec(fileName)?.[1]
      if (digits !== undefined) expect(sha256.slice(0, 8)).toBe(digits)
    }
  })

  test("knows pytorch-fid's wrapper, and what DataParallel and lpips call things", () => {
    const rename = (name: string, key: string) => knownWeights.find((known) => known.name === name)!.canonicalName(key)
    expect(rename('inception-fid', 'blocks.2.3.branch3x3.conv.weight')).toBe('Mixed_6a.branch3x3.conv.weight')
    expect(rename('inception-fid', 'fc.weight')).toBe('fc.weight')
    expect(rename('squeezenet1_1', 'net.slice2.3.squeeze.bias')).toBe('features.3.squeeze.bias')
    expect(rename('lpips-vgg', 'lins.2.model.1.weight')).toBe('lin2.model.1.weight')
  })
})

test('takes a file of any naming, and leaves out what is not needed', () => {
  const arrays = {
    ...heads((layer) => `module.lins.${layer}.model.1.weight`),
    'scaling_layer.shift': float32([1], [1]),
  }
  const { tensors, sha256, official } = weightsFor('lpips-alex', encodeNpz(arrays), 'abc')
  expect([...tensors.keys()]).toEqual([0, 1, 2, 3, 4].map((layer) => `lin${layer}.model.1.weight`))
  expect({ sha256, official }).toEqual({ sha256: 'abc', official: false })
})

test('float64 weights are rounded', () => {
  const arrays = heads((layer) => `lin${layer}.weight`)
  arrays['lin0.weight'] = ndarray('float64', headShapes[0]!, new Float64Array(sizeOfShape(headShapes[0]!)).fill(1 / 3))
  const { tensors } = weightsFor('lpips-alex', encodeNpz(arrays), 'abc')
  expect(tensors.get('lin0.model.1.weight')?.data[0]).toBe(Math.fround(1 / 3))
})

describe('weights of another network', () => {
  test('name the first tensor that is missing and one that is there instead', () => {
    const bytes = new Uint8Array(readFileSync(new URL('../testing/fixtures/nested.pth', import.meta.url)))
    expect(() => weightsFor('inception-fid', bytes, 'abc')).toThrowError(
      expect.objectContaining({
        code: 'WEIGHTS_MISMATCH',
        message: expect.stringMatching(
          /SHA-256 abc.*lacks 472 of 472 tensors, first 'Conv2d_1a_3x3.conv.weight' \[32,3,3,3\], and has '0.weight' \[2,1,3,3\].*https:/,
        ),
      }),
    )
  })

  test('name the tensor of another shape', () => {
    const arrays = { ...heads((layer) => `lin${layer}.weight`), 'lin4.weight': ndarray('float32', [1, 512, 1, 1]) }
    expect(() => weightsFor('lpips-alex', encodeNpz(arrays), 'abc')).toThrowError(
      /'lin4.model.1.weight' must be \[1,256,1,1\] but is \[1,512,1,1\]/,
    )
  })
})

test('the hash is SHA-256', async () => {
  const bytes = Uint8Array.of(1, 2, 3)
  expect(await sha256(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'))
})

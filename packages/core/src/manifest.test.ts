import { describe, expect, it } from 'vitest'
import { drawnPort, imageField, labelField } from './field.ts'
import { describeProgress, MANIFEST_KEY, type ModelManifest, readManifest } from './manifest.ts'

const manifest: ModelManifest = {
  manifestVersion: 2,
  gantryVersion: '1.0.0',
  variant: 'cgan',
  dataset: 'mnist',
  function: 'generate',
  weights: 'ema',
  inputs: {
    latent: drawnPort('latent', [100], 'normal'),
    labels: { ...labelField(['0', '1', '2']), field: 'label' },
  },
  outputs: { samples: { ...imageField([28, 28, 1]), field: 'image' } },
  trainingStep: 1000,
  weightsHash: 'abc',
  parityError: 1e-6,
  batchSizesChecked: [1, 7, 64],
}

/** As version 1 wrote it. */
const version1 = {
  manifestVersion: 1,
  gantryVersion: '0.9.0',
  variant: 'cgan',
  dataset: 'mnist',
  latent: { input: 'latent', size: 100, distribution: 'normal' },
  sample: { output: 'samples', kind: 'image', shape: [28, 28, 1], valueRange: [-1, 1] },
  labels: ['0', '1', '2'],
  conditioning: { input: 'labels', classes: 3 },
  weights: 'ema',
  trainingStep: 1000,
  weightsHash: 'abc',
  parityError: 1e-6,
  batchSizesChecked: [1, 7, 64],
}

const written = (value: unknown) => ({ [MANIFEST_KEY]: typeof value === 'string' ? value : JSON.stringify(value) })

describe('readManifest', () => {
  it('reads what it is today', () => {
    expect(readManifest(written(manifest))).toEqual(manifest)
  })

  it('reads version 1 as if it had been written today', () => {
    expect(readManifest(written(version1))).toEqual({ ...manifest, gantryVersion: '0.9.0' })
  })

  it('reads version 1 of points without labels', () => {
    const { conditioning, labels, ...plain } = version1
    const sample = { output: 'samples', kind: 'points', shape: [2], valueRange: [-2.5, 2.5] }
    const upgraded = readManifest(written({ ...plain, sample, weights: 'raw' }))
    expect(upgraded.inputs).toEqual({ latent: drawnPort('latent', [100], 'normal') })
    const points = { modality: 'points', dtype: 'float32', shape: [2], range: [-2.5, 2.5], field: 'points' }
    expect(upgraded).toMatchObject({ function: 'generate', weights: 'raw', outputs: { samples: points } })
  })

  it('gives classes of version 1 numbers where their names are not known', () => {
    const { labels, ...nameless } = version1
    expect(readManifest(written(nameless)).inputs.labels!.names).toEqual(['0', '1', '2'])
  })

  it.each([
    ['MANIFEST_MISSING', {}],
    ['MANIFEST_INVALID', written('{"manifestVersion": 2')],
    ['MANIFEST_INVALID', written('null')],
    ['MANIFEST_INVALID', written('[]')],
    ['MANIFEST_INVALID', written({ ...manifest, inputs: undefined })],
    ['MANIFEST_INVALID', written({ ...manifest, outputs: {} })],
    ['MANIFEST_INVALID', written({ ...manifest, inputs: { latent: { modality: 'latent' } } })],
    ['MANIFEST_INVALID', written({ ...manifest, inputs: { latent: null } })],
    ['MANIFEST_INVALID', written({ ...version1, latent: undefined })],
    ['MANIFEST_INVALID', written({ ...manifest, manifestVersion: '2' })],
    ['MANIFEST_TOO_NEW', written({ ...manifest, manifestVersion: 3 })],
  ])('refuses others with %s, naming the file', (code, metadata) => {
    expect(() => readManifest(metadata, "'generator.onnx'")).toThrow(
      expect.objectContaining({
        name: 'ModelFormatError',
        code,
        message: expect.stringMatching(/^'generator\.onnx' carries/),
      }),
    )
  })
})

it('says where weights come from', () => {
  const origin = 'ffhq.pkl'
  expect(describeProgress({ trainingStep: 5 })).toBe('step 5')
  expect(describeProgress({ trainingStep: 0, origin })).toBe('weights of ffhq.pkl')
  expect(describeProgress({ trainingStep: 5, origin })).toBe('weights of ffhq.pkl, step 5')
})

import { copyFile, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { imagePng } from '@gantry/modalities'
import { beforeAll, describe, expect, it } from 'vitest'
import { writeImages } from '../../../packages/runs/src/testing/images.ts'
import { gantry, gantryJson, temporaryFolder, tinyRun } from './testing/gantry.ts'

let cwd: string
beforeAll(async () => {
  cwd = await temporaryFolder()
  await writeImages(join(cwd, 'pictures'), 6)
  const images = ['train', 'vanilla', '--data', 'folder:pictures', '--size', '8', '--steps', '4', '--batch-size', '4']
  const byClass = ['train', 'cgan', '--data', 'ring8', '--steps', '4', '--batch-size', '4']
  const runs = await Promise.all([
    gantry([...byClass, '--set', 'hiddenUnits=8', '--out', 'classes'], cwd),
    gantry([...images, '--set', 'hiddenUnits=8', '--out', 'images'], cwd),
    gantry([...tinyRun(), '--out', 'points'], cwd),
  ])
  for (const { code, stderr } of runs) if (code !== 0) throw new Error(stderr)
})

const read = (name: string) => readFile(join(cwd, name))

describe('gantry sample', () => {
  it('draws the same samples for the same seed', async () => {
    const sample = (seed: string, out: string) => gantryJson(['sample', 'images', '--seed', seed, '--out', out], cwd)
    expect(await sample('1', 'a.png')).toMatchObject({
      code: 0,
      result: { out: 'a.png', count: 64, seed: 1, shown: 'image' },
    })
    await sample('1', 'b.png')
    await sample('2', 'c.png')
    expect(await read('a.png')).toEqual(await read('b.png'))
    expect(await read('a.png')).not.toEqual(await read('c.png'))
  })

  it('writes a folder of images, the same whatever their number', async () => {
    await gantry(['sample', 'images/generator.onnx', '--count', '70', '--out', 'many/'], cwd)
    await gantry(['sample', 'images/generator.onnx', '--count', '66', '--out', 'fewer/'], cwd)
    const names = await readdir(join(cwd, 'many'))
    expect([names.length, names[0], names.at(-1)]).toEqual([70, '000000.png', '000069.png'])
    expect(await read('many/000065.png')).toEqual(await read('fewer/000065.png'))
  })

  it('draws points as a scatter plot, from a run and from a file alone', async () => {
    expect((await gantryJson(['sample', 'points', '--out', 'run.png'], cwd)).result.shown).toBe('points')
    expect((await gantry(['sample', 'points/generator.onnx', '--out', 'file.png'], cwd)).code).toBe(0)
    expect(await read('run.png')).not.toEqual(await read('file.png'))
    expect((await gantry(['sample', 'points', '--out', 'folder/'], cwd)).code).toBe(2)
  })

  it('draws every class as often where rows are of classes', async () => {
    const rows = await gantryJson(['sample', 'classes', '--rows', 'label', '--out', 'rows.png'], cwd)
    expect(rows).toMatchObject({ code: 0, result: { count: 64 } })
    const more = ['sample', 'classes', '--rows', 'label']
    expect((await gantryJson([...more, '--count', '60', '--out', 'x.png'], cwd)).result.error).toMatchObject({
      code: 'ROWS_INVALID',
      message: expect.stringContaining('60 samples do not fill rows of 8 classes'),
    })
    expect((await gantryJson([...more, '--label', '1', '--out', 'x.png'], cwd)).result.error.code).toBe(
      'OPTIONS_CONFLICT',
    )
    expect((await gantry(['sample', 'images', '--rows', 'label', '--out', 'x.png'], cwd)).stderr).toContain(
      'takes no classes',
    )
  })

  it('exports the generator first where it is missing', async () => {
    const before = await read('points/generator.onnx')
    await rm(join(cwd, 'points/generator.onnx'))
    expect((await gantry(['sample', 'points', '--out', 'again.png'], cwd)).code).toBe(0)
    expect(await read('points/generator.onnx')).toEqual(before)
  })
})

describe('gantry augment', () => {
  it('needs classes', async () => {
    const refused = await gantryJson(['augment', 'images', '--out', 'more'], cwd)
    expect(refused).toMatchObject({ code: 2, result: { error: { code: 'CLASSES_MISSING' } } })
    expect((await gantry(['augment', 'images', '--count', '0', '--out', 'more'], cwd)).code).toBe(2)
  })
})

describe('gantry report', () => {
  // A short run is looked at once: nothing has moved since.
  const healthCharts = ['health-discriminator', 'health-samples', 'health-gradients', 'health-weights']

  it('writes a page, and the curves as pictures', async () => {
    const { code, result } = await gantryJson(
      ['report', 'images', '--out', 'pages/images.html', '--plots', 'plots'],
      cwd,
    )
    expect(code).toBe(0)
    expect(result).toMatchObject({ outcome: 'finished', step: 4, charts: ['losses', 'discriminator', ...healthCharts] })
    expect((await read('pages/images.html')).toString()).toContain('<h2>Interpolations</h2>')
    const files = ['losses', 'discriminator', ...healthCharts].flatMap((name) => [`${name}.png`, `${name}.svg`])
    expect((await readdir(join(cwd, 'plots'))).sort()).toEqual(files.sort())
    expect((await gantry(['report', 'points'], cwd)).stdout).toMatch(/page +points[\\/]report.html/)
    expect((await gantry(['report', 'pictures'], cwd)).code).toBe(2)
  })
})

describe('gantry export', () => {
  it('writes a model with its manifest', async () => {
    const { code, result } = await gantryJson(['export', 'images', '--weights', 'raw', '--out', 'raw.onnx'], cwd)
    expect(code).toBe(0)
    expect(result).toMatchObject({
      generator: 'raw.onnx',
      manifest: {
        variant: 'vanilla',
        dataset: expect.stringContaining('pictures'),
        manifestVersion: 2,
        function: 'generate',
        inputs: { latent: { modality: 'latent', dtype: 'float32', drawn: 'normal' } },
        outputs: { samples: { modality: 'image', dtype: 'float32', shape: [8, 8, 3], range: [-1, 1], field: 'image' } },
        weights: 'raw',
        trainingStep: 4,
        weightsHash: expect.stringMatching(/^[0-9a-f]{64}$/),
        batchSizesChecked: [1, 7, 64],
      },
    })
    expect(result.manifest.parityError).toBeLessThan(1e-5)
    const named = ['export', 'images', '--function', 'generate-raw', '--out', 'named.onnx']
    const { weights, weightsHash } = (await gantryJson(named, cwd)).result.manifest
    expect([weights, weightsHash]).toEqual(['raw', result.manifest.weightsHash])
    const unknown = await gantry(['export', 'images', '--function', 'generat'], cwd)
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringMatching(/no function 'generat'.*'generate'/)])
    const ema = await gantryJson(['export', 'images', '--out', 'ema.onnx'], cwd)
    expect(ema.result.manifest.weightsHash).not.toBe(result.manifest.weightsHash)
  })
})

describe('gantry inspect', () => {
  it('knows a run, a model and a data set', async () => {
    expect((await gantryJson(['inspect', 'points'], cwd)).result).toMatchObject({
      kind: 'run',
      outcome: 'finished',
      step: 20,
      health: { step: 20, readings: { separation: expect.any(Number), generatorWeightNorm: expect.any(Number) } },
      verdicts: [],
    })
    expect((await gantryJson(['inspect', 'images/generator.onnx'], cwd)).result).toMatchObject({
      kind: 'model',
      inputs: [{ name: 'latent', shape: ['batch', expect.any(Number)] }],
      outputs: [{ name: 'samples', shape: ['batch', 8, 8, 3] }],
      manifest: { variant: 'vanilla' },
    })
    const dataset = await gantryJson(['inspect', 'folder:pictures', '--out', 'drawn.png'], cwd)
    expect(dataset.result).toMatchObject({
      kind: 'dataset',
      samples: 6,
      fields: { image: { modality: 'image', shape: [64, 64, 3] } },
      skipped: [],
    })
    expect((await read('drawn.png')).length).toBeGreaterThan(100)
    for (const target of ['points', 'images/generator.onnx', 'ring8']) {
      expect((await gantry(['inspect', target], cwd)).stdout).toMatch(/^\S+: .+\n {2}/)
    }
  })
})

describe('a file that is no generator', () => {
  it.each(['sample', 'inspect'])('is refused by %s', async (command) => {
    const model = await read('images/generator.onnx')
    await writeFile(join(cwd, 'cut.onnx'), model.subarray(0, model.length / 2))
    await writeFile(join(cwd, 'text.onnx'), 'This is no model.')
    await writeFile(join(cwd, 'empty.onnx'), '')
    await writeFile(
      join(cwd, 'picture.onnx'),
      await imagePng({ dtype: 'float32', shape: [1, 1, 1, 1], data: new Float32Array(1) }, 0),
    )
    for (const name of ['cut.onnx', 'text.onnx', 'empty.onnx', 'picture.onnx']) {
      const { code, stdout, stderr } = await gantry([command, name], cwd)
      expect([name, code, stdout]).toEqual([name, 1, ''])
      expect(stderr).toContain(name)
      expect(stderr).not.toMatch(/unexpected|^\s+at /m)
    }
  })

  it('is named when it is missing, or lacks a manifest', async () => {
    expect((await gantry(['sample', 'nowhere'], cwd)).code).toBe(2)
    expect((await gantry(['export', 'nowhere'], cwd)).code).toBe(2)
    const { decodeModel, encodeModel } = await import('@gantry/onnx')
    const model = decodeModel(new Uint8Array(await read('images/generator.onnx')))
    await writeFile(join(cwd, 'foreign.onnx'), encodeModel({ ...model, metadata: {} }))
    const { code, stderr } = await gantry(['sample', 'foreign.onnx'], cwd)
    expect([code, stderr]).toEqual([1, expect.stringContaining('carries no Gantry manifest')])
    expect((await gantryJson(['inspect', 'foreign.onnx'], cwd)).result.manifest).toBeNull()
  })

  it('damaged the newest checkpoint: export takes the one before', async () => {
    const folder = join(cwd, 'points/checkpoints')
    await copyFile(join(folder, '000020.safetensors'), join(cwd, 'kept'))
    await writeFile(join(folder, '000020.safetensors'), 'damaged')
    const { result } = await gantryJson(['export', 'points', '--out', 'before.onnx'], cwd)
    expect(result.manifest.trainingStep).toBe(10)
    await copyFile(join(cwd, 'kept'), join(folder, '000020.safetensors'))
  })
})

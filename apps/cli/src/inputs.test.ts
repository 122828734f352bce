import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type NDArray, ndarray } from '@gantry/core'
import { openDataset } from '@gantry/datasets'
import { decodePng, drawRows, encodePng, noiseDraw } from '@gantry/modalities'
import { loadGenerator } from '@gantry/runs'
import { firstSamples } from '@gantry/training'
import { beforeAll, describe, expect, it } from 'vitest'
import { noisePng, writeImages } from '../../../packages/runs/src/testing/images.ts'
import { truncatedGenerator } from '../../../packages/runs/src/testing/tiny-models.ts'
import { gantry, gantryJson, temporaryFolder } from './testing/gantry.ts'

let cwd: string
beforeAll(async () => {
  cwd = await temporaryFolder()
  await writeImages(join(cwd, 'pictures'), 6)
  const vae = ['train', 'vae', '--data', 'folder:pictures', '--size', '8', '--steps', '2', '--batch-size', '2']
  const cgan = ['train', 'cgan', '--data', 'ring8', '--steps', '2', '--batch-size', '8', '--set', 'hiddenUnits=8']
  const runs = await Promise.all([
    gantry([...vae, '--set', 'architecture=mlp', 'hiddenUnits=8', 'latentSize=4', '--out', 'vae'], cwd),
    gantry([...cgan, '--out', 'cgan'], cwd),
  ])
  for (const { code, stderr } of runs) if (code !== 0) throw new Error(stderr)
  const before = await read('vae/generator.onnx')
  const { result } = await gantryJson(['export', 'vae', '--function', 'reconstruct'], cwd)
  // Beside the generator, which stays what the run shows.
  expect([result.generator, await read('vae/generator.onnx')]).toEqual(['vae/reconstruct.onnx', before])
  expect(result.manifest).toMatchObject({
    function: 'reconstruct',
    weights: 'ema',
    inputs: { samples: { modality: 'image', shape: [8, 8, 3], field: 'image' } },
    outputs: { reconstruction: { modality: 'image', shape: [8, 8, 3], field: 'image' } },
  })
  await cp(join(cwd, 'vae/reconstruct.onnx'), join(cwd, 'reconstruct.onnx'))
  await writeFile(join(cwd, 'truncated.onnx'), truncatedGenerator())
})

const read = (name: string) => readFile(join(cwd, name))
const pixelsOf = async (name: string) => decodePng(await read(name))
/** Of a value in [-1, 1]. */
const byteOf = (value: number) => Math.round(Math.min(1, Math.max(-1, value)) * 127.5 + 127.5)

/** What the function makes of images, as bytes. */
async function reconstructed(samples: NDArray): Promise<number[]> {
  const loaded = await loadGenerator(join(cwd, 'reconstruct.onnx'))
  const { reconstruction } = await loaded.evaluate({ samples }, noiseDraw({ seed: 0, from: 0 }))
  await loaded.dispose()
  return Array.from(reconstruction!.data, Number).map(byteOf)
}

async function sample(...args: string[]) {
  const { code, result } = await gantryJson(['sample', ...args], cwd)
  expect([code, result.error]).toEqual([0, undefined])
  return result
}

describe('gantry sample --input', () => {
  it('takes a label by its modality, by the name of the input, and as --label', async () => {
    await sample('cgan', '--count', '9', '--label', '7', '--out', 'a.png')
    await sample('cgan', '--count', '9', '--input', 'label=7', '--out', 'b.png')
    await sample('cgan', '--count', '9', '--input', 'labels=7', '--out', 'c.png')
    await sample('cgan', '--count', '9', '--label', '3', '--out', 'd.png')
    const [a, b, c, d] = await Promise.all(['a.png', 'b.png', 'c.png', 'd.png'].map(read))
    expect([b, c]).toEqual([a, a])
    expect(d).not.toEqual(a)
  })

  it('takes a picture, and writes what the function makes of it, alone or beside it', async () => {
    const pixels = Uint8Array.from({ length: 8 * 8 * 3 }, (_, index) => (index * 37) % 256)
    await writeFile(join(cwd, 'photo.png'), await encodePng({ width: 8, height: 8, channels: 3, data: pixels }))
    const result = await sample('reconstruct.onnx', '--input', 'samples=photo.png', '--out', 'one.png')
    // Nothing is drawn: more than one would be the same again.
    expect(result).toMatchObject({ count: 1, shown: 'image' })
    const values = Float32Array.from(pixels, (byte) => byte / 127.5 - 1)
    const made = await reconstructed(ndarray('float32', [1, 8, 8, 3], values))
    expect(Array.from((await pixelsOf('one.png')).data)).toEqual(made)
    await sample('reconstruct.onnx', '--input', 'image=photo.png', '--count', '2', '--out', 'beside.png')
    const grid = await pixelsOf('beside.png')
    const row = (left: number) => Array.from(grid.data.subarray((2 * grid.width + left) * 3).subarray(0, 8 * 3))
    const lefts = Array.from({ length: grid.width - 8 }, (_, left) => row(left).join())
    const places = [pixels, made].map((image) => lefts.indexOf(Array.from(image.slice(0, 8 * 3)).join()))
    expect(places[0]).toBeGreaterThanOrEqual(0)
    expect(places[1]).toBeGreaterThan(places[0]!)
  })

  it('takes a folder for a folder, and keeps the names', async () => {
    await mkdir(join(cwd, 'photos'))
    for (const [name, side] of [
      ['second', 9],
      ['first', 12],
    ] as const) {
      await writeFile(join(cwd, 'photos', `${name}.png`), await noisePng(side, side))
    }
    const args = ['reconstruct.onnx', '--input', 'samples=photos']
    for (const out of ['answers/', 'without-a-slash']) {
      expect((await sample(...args, '--out', out)).count).toBe(2)
      expect((await readdir(join(cwd, out))).sort()).toEqual(['first.png', 'second.png'])
    }
    await sample('reconstruct.onnx', '--input', 'samples=photos/second.png', '--out', 'one/')
    expect(await read('one/000000.png')).toEqual(await read('answers/second.png'))
    expect(await read('answers/first.png')).not.toEqual(await read('answers/second.png'))
    const { code, stderr } = await gantry(['sample', ...args, '--count', '3', '--out', 'x.png'], cwd)
    expect([code, stderr]).toEqual([2, expect.stringMatching(/--count asks for 3.*has 2 files/)])
  })

  it('takes what the data of the run have for inputs that imitate them', async () => {
    await cp(join(cwd, 'vae'), join(cwd, 'mirror'), { recursive: true })
    await cp(join(cwd, 'reconstruct.onnx'), join(cwd, 'mirror/generator.onnx'))
    await sample('mirror', '--count', '3', '--seed', '2', '--out', 'mirrored/')
    const dataset = await openDataset(`folder:${join(cwd, 'pictures')}`, { size: 8 })
    const { image } = await firstSamples(dataset, 3, 2)
    await dataset.dispose?.()
    const expected = await reconstructed(image!)
    for (let index = 0; index < 3; index++) {
      const { data } = await pixelsOf(`mirrored/00000${index}.png`)
      expect(Array.from(data)).toEqual(expected.slice(index * data.length, (index + 1) * data.length))
    }
    const evaluate = ['evaluate', 'mirror', '--count', '6', '--extractor', 'pixels', '--metrics', 'fid']
    expect((await gantryJson(evaluate, cwd)).result).toMatchObject({ realCount: 6, generatedCount: 6 })
  })

  it('takes numbers as --set, and draws what nobody gives', async () => {
    const latent = drawRows({ name: 'latent', shape: [4], distribution: 'normal' }, { seed: 5, from: 0, count: 3 })
    for (const [truncation, ...set] of [[1], [0.25, '--set', 'truncation=0.25']] as [number, ...string[]][]) {
      await sample('truncated.onnx', '--count', '3', '--seed', '5', ...set, '--out', `by-${truncation}/`)
      for (let index = 0; index < 3; index++) {
        const row = Array.from(latent.data.subarray(index * 4, index * 4 + 4) as Float32Array)
        const { data } = await pixelsOf(`by-${truncation}/00000${index}.png`)
        expect(Array.from(data)).toEqual(row.map((value) => byteOf(Math.fround(value * truncation))))
      }
    }
  })

  it.each([
    [['reconstruct.onnx'], 2, /Nobody gives the input 'samples'.*--input samples=photo\.png/],
    [['reconstruct.onnx', '--input', 'sampels=a.png'], 2, /no input 'sampels'\. Did you mean 'samples'\?/],
    [['reconstruct.onnx', '--input', 'samples=absent.png'], 1, /absent\.png: it is not there/],
    [['reconstruct.onnx', '--input', 'samples=vae/config.json'], 1, /image 'vae\/config\.json' cannot be decoded/],
    [['reconstruct.onnx', '--input', 'samples'], 2, /An input is name=value, not 'samples'/],
    [['truncated.onnx', '--set', 'truncation=1.5'], 2, /1\.5 does not lie between 0 and 1/],
    [['truncated.onnx', '--set', 'truncation=much'], 2, /^error: The input 'truncation': 'much' is not a number\.$/m],
    [['truncated.onnx', '--set', 'trunc=1'], 2, /no input 'trunc'/],
    [['truncated.onnx', '--label', '7'], 2, /\(truncated\) takes no labels.*cgan/],
    [['cgan', '--label', '8'], 2, /no label '8' among the 8/],
    [['cgan', '--label', '7', '--input', 'label=3'], 2, /'labels' is given twice/],
    [['cgan', '--out', 'x.txt'], 2, /ends in \.png.*not 'x\.txt'/],
  ] as const)('refuses %j', async (args, code, message) => {
    const failed = await gantry(['sample', ...args], cwd)
    expect(failed.stderr).toMatch(message)
    expect(failed.stderr).not.toMatch(/unexpected|^\s+at /m)
    expect([failed.code, failed.stdout]).toEqual([code, ''])
  })
})

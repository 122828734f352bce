import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { io } from '@tensorflow/tfjs-core'
import { layers, type Sequential, sequential } from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { registerChainedOperations } from './chained-operations.ts'
import { prepareTensorflow } from './tensorflow.ts'
import { gantry, gantryJson, temporaryFolder } from './testing/gantry.ts'

const upscaler = fileURLToPath(new URL('../node_modules/@upscalerjs/esrgan-slim/models/x2', import.meta.url))

let cwd: string
beforeAll(async () => {
  cwd = await temporaryFolder()
  await prepareTensorflow()
  registerChainedOperations()
})

/** Saves a model as TF.js does, in as many shards as asked for. */
async function save(model: Sequential, folder: string, shards = 1): Promise<void> {
  await mkdir(join(cwd, folder))
  const handler = io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
    const bytes = Buffer.from(io.concatenateArrayBuffers([weightData].flat() as ArrayBuffer[]))
    const size = Math.ceil(bytes.length / shards)
    const paths = Array.from({ length: shards }, (_, index) => `shard${index}.bin`)
    for (const [index, path] of paths.entries()) {
      await writeFile(join(cwd, folder, path), bytes.subarray(index * size, (index + 1) * size))
    }
    const json = { format: 'layers-model', modelTopology, weightsManifest: [{ paths, weights: weightSpecs }] }
    await writeFile(join(cwd, folder, 'model.json'), JSON.stringify(json))
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } }
  })
  await model.save(handler)
}

async function expectRefusal(args: readonly string[], code: 1 | 2, message: RegExp) {
  const failed = await gantry(['export-tfjs', ...args, '--out', 'refused.onnx'], cwd)
  expect(failed.stderr).toMatch(message)
  expect(failed.stderr).not.toMatch(/unexpected|^\s+at /m)
  expect([failed.code, failed.stdout]).toEqual([code, ''])
  expect(existsSync(join(cwd, 'refused.onnx'))).toBe(false)
}

describe('gantry export-tfjs', () => {
  it('exports a model of an npm package, and says how far it is from TF.js', async () => {
    const { code, stdout, stderr } = await gantry(['export-tfjs', upscaler, '--out', 'x2.onnx', '--check'], cwd)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('input                  LR float32[batch,height,width,3]')
    expect(stdout).toMatch(/nodes +35 \(12 Conv/)
    expect(stdout).toMatch(/differs from TF\.js by +\d\.\de-\d+ of the largest output, at batch 1, 3/)
    const { result } = await gantryJson(['inspect', 'x2.onnx'], cwd)
    expect(result).toMatchObject({ kind: 'model', producer: 'gantry' })
    expect(result.inputs).toEqual([{ name: 'LR', dtype: 'float32', shape: ['batch', 'height', 'width', 3] }])
  })

  it('takes lengths, a name and a batch size for the check', async () => {
    const args = ['export-tfjs', join(upscaler, 'model.json'), '--out', 'fixed.onnx', '--name', 'twice']
    const { code, result } = await gantryJson([...args, '--input', 'LR=n,16,20,3', '--check', '--batch', '2'], cwd)
    expect(code).toBe(0)
    expect(result.inputs).toEqual([{ name: 'LR', dtype: 'float32', shape: ['n', 16, 20, 3] }])
    expect(result.outputs[0].shape).toEqual(['n', 32, 40, 3])
    expect(result.check.batches).toEqual([2])
    expect(result.check.error).toBeLessThan(1e-5)
  })

  it('reads weights from shards that split a tensor, and loads recurrent layers', async () => {
    await save(sequential({ layers: [layers.lstm({ units: 4, inputShape: [null, 3] })] }), 'lstm', 3)
    await expectRefusal(['lstm'], 1, /runs once for every entry of the axis 'axis_1'.*--input/)
    const { stderr } = await gantry(['export-tfjs', 'lstm'], cwd)
    const [, name] = /--input (\w+)=batch,20,3/.exec(stderr)!
    const { result } = await gantryJson(['export-tfjs', 'lstm', '--input', `${name}=batch,7,3`, '--check'], cwd)
    expect(result.check.error).toBeLessThan(1e-5)
  })

  it('reads quantised weights', async () => {
    await save(sequential({ layers: [layers.dense({ units: 2, inputShape: [2] })] }), 'quantised')
    const path = join(cwd, 'quantised/model.json')
    const model = JSON.parse(await readFile(path, 'utf8'))
    for (const entry of model.weightsManifest[0].weights) entry.quantization = { dtype: 'uint8', scale: 0.5, min: -1 }
    await writeFile(path, JSON.stringify(model))
    await writeFile(join(cwd, 'quantised/shard0.bin'), Uint8Array.of(0, 1, 2, 3, 4, 5))
    const { result } = await gantryJson(['export-tfjs', 'quantised', '--out', 'quantised.onnx', '--check'], cwd)
    expect(result.check.error).toBeLessThan(1e-6)
  })

  it('uses custom layers that a module registers', async () => {
    await save(sequential({ layers: [layers.reLU({ inputShape: [3] })] }), 'custom')
    const path = join(cwd, 'custom/model.json')
    await writeFile(path, (await readFile(path, 'utf8')).replaceAll('"ReLU"', '"Doubled"'))
    await expectRefusal(['custom'], 2, /uses 'Doubled', which TF\.js does not have.*--layers/)
    const module = `export default (tf) => {
  class Doubled extends tf.layers.Layer {
    static className = 'Doubled'
    computeOutputShape(shape) { return shape }
    call(inputs) { return [inputs].flat()[0].mul(2) }
  }
  tf.serialization.registerClass(Doubled)
}`
    await writeFile(join(cwd, 'doubled.mjs'), module)
    const { code, result } = await gantryJson(['export-tfjs', 'custom', '--layers', 'doubled.mjs', '--check'], cwd)
    expect([code, result.check?.error]).toEqual([0, 0])
    await writeFile(
      join(cwd, 'odd.mjs'),
      module.replace('[inputs].flat()[0].mul(2)', 'tf.unique(inputs[0].flatten()).values'),
    )
    await expectRefusal(['custom', '--layers', 'odd.mjs'], 1, /'Unique' cannot be recorded.*used in .*\(Doubled\)/)
    await writeFile(join(cwd, 'wrong.mjs'), 'export const layers = []')
    await expectRefusal(['custom', '--layers', 'wrong.mjs'], 2, /wrong\.mjs cannot be used: its default export/)
  })
})

describe('a TF.js model that cannot be read', () => {
  beforeAll(async () => {
    await cp(upscaler, join(cwd, 'short'), { recursive: true })
    const shard = (await readdir(join(cwd, 'short'))).find((name) => name.endsWith('.bin'))!
    await truncate(join(cwd, 'short', shard), 1000)
    await mkdir(join(cwd, 'alone'))
    await cp(join(upscaler, 'model.json'), join(cwd, 'alone/model.json'))
    await mkdir(join(cwd, 'nothing'))
    await writeFile(join(cwd, 'nothing/emotion.json'), '{}')
    await writeFile(join(cwd, 'text.json'), 'This is no JSON.')
    await writeFile(join(cwd, 'list.json'), '[]')
    await writeFile(join(cwd, 'odd.json'), '{"modelTopology": {}, "weightsManifest": []}')
  })

  it.each([
    [['absent'], 1, /Could not read absent/],
    [['nothing'], 1, /nothing has no model\.json\. Name one of its files: emotion\.json/],
    [['nothing/emotion.json'], 1, /no TF\.js model: it has no 'modelTopology'/],
    [['text.json'], 1, /text\.json is not JSON/],
    [['list.json'], 1, /list of weights without a model/],
    [['odd.json'], 1, /neither a layers model nor a graph model/],
    [['alone'], 1, /keeps weights in .*\.bin, which does not exist/],
    [['short'], 1, /are 888300 bytes, but its files hold 1000/],
    [[upscaler, '--input', 'LR=batch,0,8,3'], 2, /--input needs name=length/],
    [[upscaler, '--input', 'LX=batch,8,8,3'], 1, /no input 'LX'.*Did you mean 'LR'\?/],
    [
      [upscaler, '--input', 'LR=batch,8,3'],
      1,
      /float32\[batch,8,3\] but the model takes float32\[batch,height,width,3\]/,
    ],
    [[upscaler, '--multiple', 'height'], 2, /--multiple needs the name of an open length/],
    [[upscaler, '--batch', '0'], 2, /--batch must be at least 1/],
    [[upscaler, '--layers', 'missing.mjs'], 2, /missing\.mjs cannot be used/],
  ] as const)('is refused: %j', async (args, code, message) => {
    await expectRefusal(args, code, message)
  })
})

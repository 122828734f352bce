import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createOnnxRuntimeInference } from '@gantry/backend-onnxruntime'
import { ndarray } from '@gantry/core'
import { io } from '@tensorflow/tfjs-core'
import { input, type LayersModel, layers, model, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { registerChainedOperations } from './chained-operations.ts'
import { type ExportTfjsOptions, exportTfjsModel } from './export-tfjs-model.ts'
import { parseInputs } from './parse-lengths.ts'
import { prepareTensorflow } from './tensorflow.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-tfjs-models-'))
  await prepareTensorflow()
  registerChainedOperations()
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const at = (...path: string[]) => join(folder, ...path)
const out = () => at('out.onnx')

/** Saves a model as TF.js does, in as many shards as asked for. */
async function save(saved: LayersModel, name: string, shards = 1): Promise<void> {
  await mkdir(at(name))
  const handler = io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
    const bytes = Buffer.from(io.concatenateArrayBuffers([weightData].flat() as ArrayBuffer[]))
    const size = Math.ceil(bytes.length / shards)
    const paths = Array.from({ length: shards }, (_, index) => `shard${index}.bin`)
    for (const [index, path] of paths.entries()) {
      await writeFile(at(name, path), bytes.subarray(index * size, (index + 1) * size))
    }
    const json = { format: 'layers-model', modelTopology, weightsManifest: [{ paths, weights: weightSpecs }] }
    await writeFile(at(name, 'model.json'), JSON.stringify(json))
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } }
  })
  await saved.save(handler)
}

const dense = () => sequential({ layers: [layers.dense({ units: 2, inputShape: [2] })] })

const exported = (name: string, options: Partial<ExportTfjsOptions> = {}) =>
  exportTfjsModel(at(name), { out: out(), check: [1, 3], ...options })

async function expectRefusal(name: string, exitCode: 1 | 2, message: RegExp, options: Partial<ExportTfjsOptions> = {}) {
  await rm(out(), { force: true })
  const expected = { exitCode, message: expect.stringMatching(message) }
  await expect(exported(name, options)).rejects.toThrow(expect.objectContaining(expected))
  expect(existsSync(out())).toBe(false)
}

function load(bytes: Uint8Array) {
  return createOnnxRuntimeInference({ device: 'cpu' }).load(bytes)
}

describe('exportTfjsModel', () => {
  it('writes a model that is named by its folder, or as it is asked for', async () => {
    await save(dense(), 'small')
    const { sourceKind, bytes, check, source, path } = await exported('small')
    expect([sourceKind, source, path]).toEqual(['layers', at('small', 'model.json'), out()])
    expect(new Uint8Array(await readFile(out()))).toEqual(bytes)
    const session = await load(bytes)
    onTestFinished(() => session.dispose())
    expect(session.metadata).toEqual({ source: 'model.json', kind: 'tfjs-layers-model' })
    expect(Buffer.from(bytes).includes('small')).toBe(true)
    expect(check).toMatchObject({ batches: [1, 3] })
    expect(check!.error).toBeLessThan(1e-6)
    const renamed = await exportTfjsModel(at('small'), { out: out(), name: 'mine' })
    const names = ['small', 'mine'].map((name) => Buffer.from(renamed.bytes).includes(name))
    expect([names, renamed.check]).toEqual([[false, true], null])
  })

  it('reads weights from shards that split a tensor, and loads recurrent layers', async () => {
    const sequence = input({ shape: [null, 3], name: 'sequence' })
    const outputs = layers.lstm({ units: 4 }).apply(sequence) as SymbolicTensor
    await save(model({ inputs: sequence, outputs }), 'lstm', 3)
    await expectRefusal('lstm', 1, /runs once for every entry of the axis 'axis_1'.*--input sequence=batch,20,3/)
    const { check } = await exported('lstm', { inputs: parseInputs(['sequence=batch,7,3']) })
    expect(check!.error).toBeLessThan(1e-5)
  })

  it("follows TensorFlow where TF.js's cpu backend does not, and says so", async () => {
    const volume = layers.maxPooling3d({
      poolSize: [1, 2, 2],
      strides: [3, 2, 1],
      padding: 'same',
      inputShape: [5, 4, 4, 1],
    })
    await save(sequential({ layers: [volume] }), 'volume')
    const { check } = await exported('volume')
    expect(check).toMatchObject({ mended: ['MaxPool3D'] })
    expect(check!.error).toBeLessThan(1e-6)
    await save(dense(), 'plain')
    expect((await exported('plain')).check!.mended).toEqual([])
  })

  it('leaves an earlier file as it was when it refuses a model', async () => {
    await mkdir(at('text'))
    const dtype = { type: 'DT_STRING' }
    const shape = { dim: [{ size: '-1' }, { size: '6' }] }
    const node = [
      { name: 'x', op: 'Placeholder', attr: { dtype, shape: { shape } } },
      { name: 'y', op: 'Identity', input: ['x'], attr: { T: dtype } },
    ]
    const signature = {
      inputs: { x: { name: 'x:0', dtype: 'DT_STRING', tensorShape: shape } },
      outputs: { y: { name: 'y:0', dtype: 'DT_STRING' } },
    }
    const topology = { modelTopology: { node, library: {}, versions: { producer: 1 } } }
    const json = { format: 'graph-model', signature, ...topology, weightsManifest: [{ paths: [], weights: [] }] }
    await writeFile(at('text', 'model.json'), JSON.stringify(json))
    await expectRefusal('text', 1, /The input 'x' of text is of the dtype string/)
    await writeFile(out(), 'a good model')
    await expect(exported('text')).rejects.toThrow('dtype string')
    expect(await readFile(out(), 'utf8')).toBe('a good model')
  })

  it('reads quantised weights', async () => {
    await save(dense(), 'quantised')
    const path = at('quantised', 'model.json')
    const json = JSON.parse(await readFile(path, 'utf8'))
    for (const entry of json.weightsManifest[0].weights) entry.quantization = { dtype: 'uint8', scale: 0.5, min: -1 }
    await writeFile(path, JSON.stringify(json))
    await writeFile(at('quantised', 'shard0.bin'), Uint8Array.of(0, 1, 2, 3, 4, 5))
    const { bytes, check } = await exported('quantised')
    expect(check!.error).toBeLessThan(1e-6)
    const session = await load(bytes)
    onTestFinished(() => session.dispose())
    const rows = ndarray('float32', [3, 2], Float32Array.of(0, 0, 1, 0, 0, 1))
    const results = await session.run({ [session.inputs[0]!.name]: rows })
    // Bias, and bias plus either row of the kernel: the bytes times 0.5, less 1.
    expect(Array.from(Object.values(results)[0]!.data, Number)).toEqual([1, 1.5, 0, 1, 1, 2])
  })

  it("takes the kernel of Keras 3's depthwise convolution, which has another name than TF.js's", async () => {
    await save(sequential({ layers: [layers.depthwiseConv2d({ kernelSize: 2, inputShape: [3, 3, 2] })] }), 'depthwise')
    const path = at('depthwise', 'model.json')
    const json = JSON.parse((await readFile(path, 'utf8')).replaceAll('/depthwise_kernel', '/kernel'))
    json.modelTopology.keras_version = '3.15.1'
    json.modelTopology.model_config ??= { class_name: json.modelTopology.class_name, config: json.modelTopology.config }
    await writeFile(path, JSON.stringify(json))
    expect((await exported('depthwise')).check!.error).toBeLessThan(1e-6)
  })

  it('uses custom layers that a module registers', async () => {
    await save(sequential({ layers: [layers.reLU({ inputShape: [3] })] }), 'custom')
    const path = at('custom', 'model.json')
    await writeFile(path, (await readFile(path, 'utf8')).replaceAll('"ReLU"', '"Doubled"'))
    await expectRefusal('custom', 2, /uses 'Doubled', which TF\.js does not have.*--layers.*tfjs_graph_model/)
    const module = `export default (tf) => {
  class Doubled extends tf.layers.Layer {
    static className = 'Doubled'
    computeOutputShape(shape) { return shape }
    call(inputs) { return [inputs].flat()[0].mul(2) }
  }
  tf.serialization.registerClass(Doubled)
}`
    await writeFile(at('doubled.mjs'), module)
    expect((await exported('custom', { layers: [at('doubled.mjs')] })).check!.error).toBe(0)
    await writeFile(at('odd.mjs'), module.replace('[inputs].flat()[0].mul(2)', 'tf.unique(inputs[0].flatten()).values'))
    const odd = { layers: [at('odd.mjs')] }
    await expectRefusal('custom', 1, /'Unique' cannot be recorded.*used in .*\(Doubled\)/, odd)
    await writeFile(at('wrong.mjs'), 'export const layers = []')
    await expectRefusal('custom', 2, /wrong\.mjs cannot be used: its default export/, { layers: [at('wrong.mjs')] })
    await expectRefusal('custom', 2, /missing\.mjs cannot be used/, { layers: [at('missing.mjs')] })
  })
})

describe('a TF.js model that cannot be read', () => {
  beforeAll(async () => {
    await save(dense(), 'short')
    await truncate(at('short', 'shard0.bin'), 10)
    await save(dense(), 'alone')
    await rm(at('alone', 'shard0.bin'))
    await mkdir(at('nothing'))
    await writeFile(at('nothing/emotion.json'), '{}')
    await writeFile(at('text.json'), 'This is no JSON.')
    await writeFile(at('list.json'), '[]')
    await writeFile(at('odd.json'), '{"modelTopology": {}, "weightsManifest": []}')
  })

  it.each([
    ['absent', /Could not read .*absent/],
    ['nothing', /nothing has no model\.json\. Name one of its files: emotion\.json/],
    ['nothing/emotion.json', /no TF\.js model: it has no 'modelTopology'/],
    ['text.json', /text\.json is not JSON/],
    ['list.json', /list of weights without a model/],
    ['odd.json', /neither a layers model nor a graph model/],
    ['alone', /keeps weights in .*\.bin, which does not exist/],
    ['short', /are 24 bytes, but its files hold 10/],
  ] as const)('is refused: %s', async (name, message) => {
    await expectRefusal(name, 1, message)
  })
})

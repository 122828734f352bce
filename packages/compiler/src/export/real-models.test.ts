import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type NDArray, ndarray, type TensorSpec } from '@gantry/core'
import { decodeModel } from '@gantry/onnx'
import type { GraphModel } from '@tensorflow/tfjs-converter'
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { drawFeeds, runExported } from '../testing/compare.ts'
import { expectSection, writesDocuments } from '../testing/generated-section.ts'
import {
  defaultModel,
  esrganSlim,
  inception,
  loadNpmModel,
  mobilenet,
  mobilenetGraph,
  type NpmModel,
  onSmallPictures,
  versionOf,
} from '../testing/npm-models.ts'
import { checkFiles, hasChecker, PYTHON } from '../testing/onnx-checker.ts'
import { runOnWeb } from '../testing/run-on-web.ts'
import { exportModel } from './export-model.ts'

const TOLERANCE = 1e-4
const DOCUMENT = new URL('../../../../docs/exported-models.md', import.meta.url)

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-models-'))
})
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(async () => {
  await tf.setBackend('cpu')
})

/** Largest difference as a part of the largest magnitude, be it as small as it may. */
function relativeError(actual: NDArray, expected: NDArray): number {
  expect(actual.shape).toEqual(expected.shape)
  const numbers = Array.from(expected.data as Float32Array)
  const scale = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  return numbers.reduce(
    (worst, value, index) => Math.max(worst, Math.abs(Number(actual.data[index]) - value) / scale),
    0,
  )
}

/** Noise in the range of pictures: other numbers would drive a classifier to certainty, where errors vanish. */
function pictures(spec: TensorSpec, batch: number): NDArray {
  const { data, shape } = drawFeeds({ spec }, batch).spec!
  return ndarray(
    'float32',
    shape,
    Float32Array.from(data as Float32Array, (value) => Math.min(1, Math.max(0, 0.5 + value / 4))),
  )
}

function firstOf({ data, shape: [batch, ...shape] }: NDArray, count: number): NDArray {
  return ndarray('float32', [count, ...shape], (data as Float32Array).slice(0, (data.length / batch!) * count))
}

interface Compared {
  readonly bytes: Uint8Array
  readonly error: number
}

/** Exports a model and compares ONNX Runtime with TF.js cpu. */
async function compare(
  model: LayersModel | GraphModel,
  { name, size }: Pick<NpmModel, 'name' | 'size'>,
  batches: readonly number[],
): Promise<Compared> {
  const bytes = await exportModel(model)
  const path = join(folder, `${name.replaceAll('/', '-')}-${size}.onnx`)
  writeFileSync(path, bytes)
  if (hasChecker) checkFiles([path])
  const { inputs, outputs } = decodeModel(bytes).graph
  const spec: TensorSpec = { dtype: 'float32', shape: ['batch', size, size, 3] }
  // TF.js cpu takes seconds, and computes each picture for itself: smaller batches are compared with the first of the largest.
  const largest = pictures(spec, Math.max(...batches))
  const picture = tf.tensor(largest.data as Float32Array, [...largest.shape])
  const [result] = [model.predict(picture) as tf.Tensor | tf.Tensor[]].flat()
  const all = ndarray('float32', result!.shape, Float32Array.from(result!.dataSync()))
  tf.dispose([picture, result!])
  let error = 0
  for (const batch of batches) {
    const actual = await runExported(bytes, { [inputs[0]!.name]: firstOf(largest, batch) })
    error = Math.max(error, relativeError(actual[outputs[0]!.name]!, firstOf(all, batch)))
  }
  return { bytes, error }
}

describe(`real models, exported (checked by onnx.checker where ${PYTHON} has onnx)`, () => {
  it.each([
    { ...defaultModel, batches: [1, 3] },
    { ...esrganSlim, batches: [1, 3] },
    { ...onSmallPictures(mobilenet), batches: [1, 2] },
    { ...onSmallPictures(mobilenetGraph), batches: [1, 2] },
  ])('$package $name computes what TF.js computes', async ({ batches, ...source }) => {
    const model = await loadNpmModel(source)
    const { error } = await compare(model, source, batches)
    expect(error).toBeLessThan(TOLERANCE)
    model.dispose()
  })

  // All of it takes TF.js cpu a minute: here its 94 convolutions run on small images, which the classifier cannot take.
  it('nsfwjs inception_v3 computes what TF.js computes, up to its last block', async () => {
    const { model: json } = inception.read()
    const topology = structuredClone(json.modelTopology) as InceptionTopology
    const { config } = topology.model_config
    const last = config.layers.findLastIndex(({ class_name }) => class_name === 'Concatenate')
    config.layers = config.layers.slice(0, last + 1)
    config.layers[0]!.config.batch_input_shape = [null, null, null, 3]
    config.output_layers = [[config.layers[last]!.name, 0, 0]]
    const model = await loadNpmModel(inception, topology)
    const { bytes, error } = await compare(model, { name: 'inception', size: 79 }, [1, 2])
    expect(decodeModel(bytes).graph.nodes.filter(({ operator }) => operator === 'Conv')).toHaveLength(94)
    expect(error).toBeLessThan(TOLERANCE)
    model.dispose()
  })

  it('a graph model can be used again afterwards, with the weights where they were', async () => {
    const model = (await loadNpmModel(mobilenetGraph)) as GraphModel
    const { numTensors } = tf.memory()
    const numbers = () => Object.values(model.weights).map(([weight]) => Buffer.from(weight!.dataSync().slice().buffer))
    const before = Buffer.concat(numbers())
    const bytes = await exportModel(model, { inputs: { input: { dtype: 'float32', shape: [1, 224, 224, 3] } } })
    expect(decodeModel(bytes).graph.inputs[0]!.shape).toEqual([1, 224, 224, 3])
    expect(tf.memory().numTensors).toBe(numTensors)
    expect(Buffer.concat(numbers()).equals(before)).toBe(true)
    expect(tf.getBackend()).toBe('cpu')
    model.dispose()
  })

  it('opens in ONNX Runtime Web (wasm)', async () => {
    const model = await loadNpmModel(defaultModel)
    const bytes = await exportModel(model)
    const feeds = drawFeeds({ LR: { dtype: 'float32', shape: ['batch', 12, 10, 3] } }, 2)
    const [native] = Object.values(await runExported(bytes, feeds))
    const [web] = Object.values(await runOnWeb(bytes, feeds))
    expect(relativeError(web!, native!)).toBeLessThan(1e-5)
    model.dispose()
  })
})

interface InceptionTopology {
  model_config: {
    config: {
      layers: { name: string; class_name: string; config: { batch_input_shape?: (number | null)[] } }[]
      output_layers: [string, number, number][]
    }
  }
}

// Minutes: GANTRY_WRITE_DOCS=1 npx vitest run --project compiler real-models
describe.runIf(writesDocuments)('docs/exported-models.md', () => {
  it('holds the parity of whole models', { timeout: 600_000 }, async () => {
    const rows: string[] = []
    for (const source of [defaultModel, esrganSlim, mobilenet, mobilenetGraph, inception]) {
      await tf.setBackend('cpu')
      const model = await loadNpmModel(source)
      const batches = source === inception ? [1, 2] : [1, 3]
      const { bytes, error } = await compare(model, source, batches)
      expect(error).toBeLessThan(TOLERANCE)
      const { nodes, initializers } = decodeModel(bytes).graph
      const parameters = [...initializers.values()].reduce((sum, { data }) => sum + data.length, 0)
      const megabytes = (bytes.length / 1e6).toFixed(1)
      rows.push(
        `| \`${source.package}\` ${versionOf(source.package)} | ${source.name} | ${source.kind} model, ${source.weights} | ${parameters.toLocaleString('en')} | ${megabytes} MB | ${nodes.length} | ${error.toExponential(1)} | ${batches.join(', ')} × ${source.size}×${source.size}×3 |`,
      )
      model.dispose()
    }
    const date = new Date().toISOString().slice(0, 10)
    expectSection(DOCUMENT, 'models', [
      '| package | model | kind, weights | parameters | file | nodes | largest relative error | compared at |',
      '|---|---|---|---:|---:|---:|---:|---|',
      ...rows,
      '',
      `Measured on ${date} with Node ${process.versions.node} and ONNX Runtime ${ortVersion()} on ${cpus()[0]?.model ?? 'an unknown processor'}.`,
    ])
  })
})

function ortVersion(): string {
  const manifest = new URL('../../node_modules/onnxruntime-node/package.json', import.meta.url)
  return JSON.parse(readFileSync(manifest, 'utf8')).version
}

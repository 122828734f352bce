import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type NDArray, ndarray } from '@gantry/core'
import { openDataset } from '@gantry/datasets'
import { bindFields, findVariant } from '@gantry/variants'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { loadGenerator } from '../generators/load-generator.ts'
import { buildRequest } from '../open-stages.ts'
import { resolveConfig } from '../resolve-config.ts'
import { describeData } from '../run-data.ts'
import { RunFolder } from '../run-folder.ts'
import { prepareTensorflow } from '../tensorflow.ts'
import { writeImages } from '../testing/images.ts'
import { copyOfRun } from '../testing/old-files.ts'
import { temporaryFolder } from '../testing/tiny-run.ts'
import { exportRunAs } from './export-run-as.ts'
import { serviceName } from './inference-service.ts'

const filesIn = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort()

/** A run of a model that shows two functions, with a checkpoint of the weights that it begins with: training it would take a while. */
async function untrainedTranslation(): Promise<RunFolder> {
  const root = await temporaryFolder()
  await writeImages(join(root, 'images'), 3)
  const images = `folder:${join(root, 'images')}`
  const variant = findVariant('cyclegan')
  const config = resolveConfig(variant, {
    run: { data: `unpaired:${images},${images}`, dataOptions: { size: 16 }, device: 'cpu' },
    options: { generatorWidth: 1, discriminatorWidth: 4, residualBlocks: 1, receptiveField: 16 },
  })
  await prepareTensorflow()
  const dataset = await openDataset(config.data, config.dataOptions)
  const fields = bindFields(variant, dataset.fields, config.bind)
  const model = variant.build(await buildRequest(config, fields))
  const folder = await RunFolder.create(join(root, 'Sides of it'), { config, data: describeData(dataset, fields) })
  const values = Object.entries(model.variables).map(([name, variable]): [string, NDArray] => [
    name,
    ndarray('float32', variable.shape, variable.dataSync() as Float32Array),
  ])
  const position = { step: 1, phase: 0, scalars: {} }
  await folder.save(
    { variant: variant.name, dataset: dataset.name, seed: 0, position, state: Object.fromEntries(values) },
    1,
  )
  model.dispose()
  await dataset.dispose?.()
  return folder
}

it('writes a repository of every function that a run shows, and an InferenceService', async () => {
  const folder = await untrainedTranslation()
  const { path, models } = await exportRunAs(folder, 'kserve')
  expect(path).toBe(join(folder.path, 'kserve'))
  expect(await filesIn(path)).toEqual([
    'inference-service.yaml',
    'storage/Sides-of-it-translate-back/1/model.onnx',
    'storage/Sides-of-it-translate-back/config.pbtxt',
    'storage/Sides-of-it/1/model.onnx',
    'storage/Sides-of-it/config.pbtxt',
  ])
  expect(models.map(({ manifest }) => manifest.function)).toEqual(['translate', 'translate-back'])
  for (const { path: file, manifest } of models) {
    const loaded = await loadGenerator(file)
    expect(loaded.manifest).toEqual(manifest)
    await loaded.dispose()
    const text = await readFile(join(file, '../../config.pbtxt'), 'utf8')
    expect(text).toContain('dims: [-1, -1, 3]')
    expect(text.startsWith(`name: "Sides-of-it${manifest.function === 'translate' ? '' : '-translate-back'}"\n`)).toBe(
      true,
    )
  }
  const service = parse(await readFile(join(path, 'inference-service.yaml'), 'utf8'))
  expect(service).toMatchObject({ apiVersion: 'serving.kserve.io/v1beta1', kind: 'InferenceService' })
  expect(service.metadata).toEqual({ name: 'sides-of-it' })
  expect(service.spec.predictor.model).toEqual({
    modelFormat: { name: 'triton' },
    runtime: 'kserve-tritonserver',
    protocolVersion: 'v2',
    storageUri: 'pvc://models/sides-of-it',
  })
})

it('puts later steps beside earlier ones, where it is told to', async () => {
  const run = await RunFolder.open(await copyOfRun('ring-v1'))
  const out = join(run.path, '..', 'repository')
  await exportRunAs(run, 'triton', { path: out })
  expect(await filesIn(out)).toEqual(['ring-v1/6/model.onnx', 'ring-v1/config.pbtxt'])
  await exportRunAs(run, 'kserve', { path: out, storage: 's3://bucket/ring' })
  expect(await readFile(join(out, 'inference-service.yaml'), 'utf8')).toContain('storageUri: s3://bucket/ring')
  const { models } = await exportRunAs(run, 'onnx', { path: join(out, 'plain.onnx') })
  expect(models[0]!.path).toBe(join(out, 'plain.onnx'))
  await expect(exportRunAs(run, 'tritn')).rejects.toThrow(/cannot be exported as 'tritn'. Did you mean 'triton'/)
})

it('calls services what Kubernetes takes', () => {
  const long = `${'a'.repeat(62)}-b`
  expect(['Digits', '2026-11_cgan', '--', 'über', long].map(serviceName)).toEqual([
    ...['digits', 'generator-2026-11-cgan', 'generator', 'ber', 'a'.repeat(62)],
  ])
})

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expectClearRefusals } from '@gantry/files/testing'
import * as layers from '@tensorflow/tfjs-layers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadTfjsModel } from './load-tfjs-model.ts'
import { readTfjsModel } from './read-tfjs-model.ts'
import { prepareTensorflow } from './tensorflow.ts'

let root: string
let model: Uint8Array
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-hostile-models-'))
  await mkdir(join(root, 'model'))
  await prepareTensorflow()
  const small = layers.sequential({ layers: [layers.layers.dense({ units: 2, inputShape: [3], name: 'dense' })] })
  await small.save({
    async save({ modelTopology, weightSpecs, weightData }) {
      const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }]
      model = new TextEncoder().encode(JSON.stringify({ format: 'layers-model', modelTopology, weightsManifest }))
      await writeFile(join(root, 'model/weights.bin'), new Uint8Array(weightData as ArrayBuffer))
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
    },
  })
  small.dispose()
})
afterAll(() => rm(root, { recursive: true }))

const path = () => join(root, 'model/model.json')

async function load(bytes: Uint8Array): Promise<void> {
  await writeFile(path(), bytes)
  const loaded = await loadTfjsModel(await readTfjsModel(path()))
  loaded.dispose()
}

// biome-ignore lint/suspicious/noExplicitAny: a JSON that tests change anywhere
const changed = (change: (model: any) => void) => {
  const copy = JSON.parse(new TextDecoder().decode(model))
  change(copy)
  return new TextEncoder().encode(JSON.stringify(copy))
}

describe('damaged and hostile models are read, or refused clearly', () => {
  it('model.json', () => expectClearRefusals('model.json', [model], load))

  it.each(['../secret.bin', '/etc/hostname', 'more/../../secret.bin', '..'])(
    'no weights are read from %s, which is not of its folder',
    async (name) => {
      await writeFile(join(root, 'secret.bin'), new Uint8Array(32))
      const outside = changed(({ weightsManifest }) => (weightsManifest[0].paths = [name]))
      await expect(load(outside)).rejects.toMatchObject({ code: 'WEIGHTS_OUTSIDE' })
    },
  )

  it('weights of absurd shapes are refused before room is made for them', async () => {
    for (const shape of [[2 ** 31, 2 ** 31], [-1], [1.5], ['3'], null]) {
      const absurd = changed(({ weightsManifest }) => (weightsManifest[0].weights[0].shape = shape))
      await expect(load(absurd)).rejects.toMatchObject({
        code: expect.stringMatching(/^(WEIGHTS_TRUNCATED|MODEL_NOT_TFJS)$/),
      })
    }
    const units = changed(({ modelTopology }) => (modelTopology.config.layers.at(-1).config.units = 2 ** 40))
    await expect(load(units)).rejects.toMatchObject({ code: 'MODEL_UNREADABLE' })
  })

  it('reads weights from folders below its own', async () => {
    const below = join(root, 'model/parts/weights.bin')
    await mkdir(dirname(below))
    await writeFile(below, await readFile(join(root, 'model/weights.bin')))
    await load(changed(({ weightsManifest }) => (weightsManifest[0].paths = ['parts/weights.bin'])))
  })
})

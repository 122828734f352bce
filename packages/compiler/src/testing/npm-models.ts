import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type GraphModel, loadGraphModel } from '@tensorflow/tfjs-converter'
import { io } from '@tensorflow/tfjs-core'
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers'

const require = createRequire(import.meta.url)

/** A model that an npm package ships with its weights. */
export interface NpmModel {
  readonly package: string
  readonly name: string
  readonly kind: 'layers' | 'graph'
  readonly weights: string
  /** Height and width at which it is compared; small ones where it takes any. */
  readonly size: number
  /** Files of the package: the topology, and the weights in order. */
  read(): { readonly model: io.ModelJSON; readonly shards: readonly Uint8Array[] }
}

/** Folder of an installed package. Looked for as Node does, because packages hide files from `require`. */
function folderOf(name: string): string {
  for (const path of require.resolve.paths(name)!) {
    try {
      readFileSync(join(path, name, 'package.json'))
      return join(path, name)
    } catch {
      // Not in this node_modules.
    }
  }
  throw new Error(`${name} is not installed`)
}

export function versionOf(name: string): string {
  return JSON.parse(readFileSync(join(folderOf(name), 'package.json'), 'utf8')).version
}

/** Loads a model as TF.js does, or a changed topology with its weights. */
export async function loadNpmModel(
  { kind, read }: Pick<NpmModel, 'kind' | 'read'>,
  topology?: object,
): Promise<LayersModel | GraphModel> {
  const { model, shards } = read()
  const handler = io.fromMemory({
    ...(model as unknown as io.ModelArtifacts),
    ...(topology && { modelTopology: topology }),
    weightSpecs: model.weightsManifest.flatMap(({ weights }) => weights),
    weightData: Uint8Array.from(Buffer.concat(shards)).buffer,
  })
  // A topology without its last layers has no use for their weights.
  return kind === 'graph' ? loadGraphModel(handler) : loadLayersModel(handler, { strict: topology === undefined })
}

/** `model.json` beside its shards. */
function upscaler(name: string, folder: string): NpmModel {
  return {
    package: name,
    name: folder,
    kind: 'layers',
    weights: 'float32',
    size: 24,
    read() {
      const path = join(folderOf(name), folder, 'model.json')
      const model: io.ModelJSON = JSON.parse(readFileSync(path, 'utf8'))
      const paths = model.weightsManifest.flatMap((group) => group.paths)
      return { model, shards: paths.map((shard) => readFileSync(join(dirname(path), shard))) }
    },
  }
}

/** JavaScript modules that hold the JSON, and each shard as base64. */
function nsfw(name: string, kind: NpmModel['kind'], size: number): NpmModel {
  return {
    package: 'nsfwjs',
    name,
    kind,
    weights: 'uint8',
    size,
    read() {
      const folder = join(folderOf('nsfwjs'), 'dist', 'models', name)
      const model: io.ModelJSON = require(join(folder, 'model.min.js'))
      const paths = model.weightsManifest.flatMap((group) => group.paths)
      return { model, shards: paths.map((shard) => Buffer.from(require(join(folder, `${shard}.min.js`)), 'base64')) }
    },
  }
}

/** What of a MobileNet's topology says how large its pictures are, and over how many places its last pooling goes. */
interface PictureSizes {
  model_config?: {
    config: { layers: { class_name: string; config: { batch_input_shape?: unknown; pool_size?: unknown } }[] }
  }
  node?: { op: string; attr: { shape?: { shape: { dim: { size: string }[] } }; ksize?: { list: { i: string[] } } } }[]
}

/**
 * A MobileNet on pictures of 96 × 96 pixels, of which TF.js cpu computes five in the time of one of 224 × 224. All of its layers
 * and weights are there: its last pooling goes over the 3 × 3 places that are left, not over 7 × 7.
 */
export function onSmallPictures(source: NpmModel): NpmModel {
  return {
    ...source,
    size: 96,
    read() {
      const { model, shards } = source.read()
      const modelTopology: PictureSizes = structuredClone(model.modelTopology)
      for (const { class_name, config } of modelTopology.model_config?.config.layers ?? []) {
        if (class_name === 'InputLayer') config.batch_input_shape = [null, 96, 96, 3]
        if (class_name === 'AveragePooling2D') config.pool_size = [3, 3]
      }
      for (const { op, attr } of modelTopology.node ?? []) {
        if (op === 'Placeholder') attr.shape!.shape.dim = ['-1', '96', '96', '3'].map((size) => ({ size }))
        if (op === 'AvgPool') attr.ksize!.list.i = ['1', '3', '3', '1']
      }
      return { model: { ...model, modelTopology }, shards }
    },
  }
}

export const defaultModel = upscaler('@upscalerjs/default-model', 'models')
export const esrganSlim = upscaler('@upscalerjs/esrgan-slim', 'models/x4')
export const mobilenet = nsfw('mobilenet_v2', 'layers', 224)
export const mobilenetGraph = nsfw('mobilenet_v2_mid', 'graph', 224)
export const inception = nsfw('inception_v3', 'layers', 299)

import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ModelFormatError } from '@gantry/core'
import { storageError } from '@gantry/files'
import type { io } from '@tensorflow/tfjs-core'
import { checkLength, checkWeightsManifest } from './weights-manifest.ts'

/** A TF.js model as its files hold it. */
export interface TfjsModelFiles {
  readonly path: string
  readonly kind: 'layers' | 'graph'
  readonly artifacts: io.ModelArtifacts
}

/**
 * Reads `model.json` and the weight files that it names, from the file itself or from the folder that holds it.
 *
 * @throws StorageError for what cannot be read, ModelFormatError `MODEL_MISSING`, `MODEL_NOT_JSON`, `MODEL_NOT_TFJS`,
 * `WEIGHTS_MISSING`, `WEIGHTS_OUTSIDE`, `WEIGHTS_TRUNCATED`
 */
export async function readTfjsModel(target: string): Promise<TfjsModelFiles> {
  const path = await modelPath(target)
  const model = parse(path, await read(path))
  const kind = kindOf(path, model)
  const groups = checkWeightsManifest(path, model.weightsManifest ?? [])
  const shards: Uint8Array[] = []
  for (const shard of groups.flatMap(({ paths }) => paths)) {
    shards.push(await readShard(path, join(dirname(path), shard)))
  }
  const weightSpecs = groups.flatMap(({ weights }) => weights)
  const weightData = Uint8Array.from(Buffer.concat(shards)).buffer
  checkLength(path, weightSpecs, weightData.byteLength)
  const { modelTopology, format, signature, userDefinedMetadata, modelInitializer, initializerSignature } = model
  return {
    path,
    kind,
    artifacts: {
      modelTopology,
      weightSpecs,
      weightData,
      ...(format && { format }),
      ...(signature && { signature }),
      ...(userDefinedMetadata && { userDefinedMetadata }),
      ...(modelInitializer && { modelInitializer }),
      ...(initializerSignature && { initializerSignature }),
    },
  }
}

async function modelPath(target: string): Promise<string> {
  const found = await stat(target).catch((cause) => {
    throw storageError('read', target, cause)
  })
  if (!found.isDirectory()) return target
  const names = (await readdir(target)).filter((name) => name.endsWith('.json'))
  if (names.includes('model.json')) return join(target, 'model.json')
  throw new ModelFormatError({
    code: 'MODEL_MISSING',
    message: `The folder ${target} has no model.json.`,
    fix: names.length === 0 ? 'Name the JSON file of a TF.js model.' : `Name one of its files: ${names.join(', ')}.`,
  })
}

function read(path: string): Promise<Buffer> {
  return readFile(path).catch((cause) => {
    throw storageError('read', path, cause)
  })
}

async function readShard(model: string, path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw storageError('read', path, cause)
    throw new ModelFormatError({
      code: 'WEIGHTS_MISSING',
      message: `${model} keeps weights in ${path}, which does not exist.`,
      fix: 'Put all weight files beside the JSON file.',
      cause,
    })
  }
}

function parse(path: string, bytes: Buffer): io.ModelJSON {
  let model: unknown
  try {
    model = JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    throw new ModelFormatError({
      code: 'MODEL_NOT_JSON',
      message: `${path} is not JSON.`,
      fix: 'Keras files and SavedModels become TF.js models by tensorflowjs_converter.',
      cause,
    })
  }
  if (Array.isArray(model)) throw notTfjs(path, 'it is a list of weights without a model')
  if (typeof model !== 'object' || model === null) throw notTfjs(path, 'it holds no object')
  const { modelTopology, weightsManifest } = model as Partial<io.ModelJSON>
  if (typeof modelTopology !== 'object' || modelTopology === null) throw notTfjs(path, "it has no 'modelTopology'")
  if (!Array.isArray(weightsManifest)) throw notTfjs(path, "it has no 'weightsManifest'")
  return model as io.ModelJSON
}

function kindOf(path: string, { format, modelTopology }: io.ModelJSON): TfjsModelFiles['kind'] {
  // Older converters write no format.
  if (format === 'graph-model' || 'node' in modelTopology) return 'graph'
  if (format === 'layers-model' || 'model_config' in modelTopology || 'class_name' in modelTopology) return 'layers'
  throw notTfjs(path, `its format is '${format ?? 'unknown'}', neither a layers model nor a graph model`)
}

function notTfjs(path: string, why: string): ModelFormatError {
  return new ModelFormatError({
    code: 'MODEL_NOT_TFJS',
    message: `${path} is no TF.js model: ${why}.`,
    fix: 'Name the model.json that TF.js saved or tensorflowjs_converter wrote.',
  })
}

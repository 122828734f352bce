import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ConfigurationError, GantryError, ModelFormatError } from '@gantry/core'
import { type GraphModel, loadGraphModel } from '@tensorflow/tfjs-converter'
import * as layers from '@tensorflow/tfjs-layers'
import { registerChainedOperations } from './chained-operations.ts'
import { registerGraphOperations } from './graph-operations.ts'
import { kerasVersionOf, loadKerasModel } from './keras/load-keras-model.ts'
import { GRAPH_MODEL } from './keras/refusal.ts'
import type { TfjsModelFiles } from './read-tfjs-model.ts'
import { prepareTensorflow } from './tensorflow.ts'

/**
 * Makes a TF.js model of its files.
 *
 * @param customLayers modules whose default export is a function that gets TF.js and registers layer classes
 * @throws ConfigurationError `LAYER_UNKNOWN`, `LAYERS_MODULE`; ModelFormatError `MODEL_UNREADABLE`
 */
export async function loadTfjsModel(
  { path, kind, artifacts }: TfjsModelFiles,
  customLayers: readonly string[] = [],
): Promise<layers.LayersModel | GraphModel> {
  const tf = await prepareTensorflow()
  registerChainedOperations()
  registerGraphOperations()
  for (const module of customLayers) await registerLayers(module, { ...tf, ...layers })
  const handler = tf.io.fromMemory(artifacts)
  try {
    if (kind === 'graph') return await loadGraphModel(handler)
    const kerasVersion = kerasVersionOf(artifacts)
    if (kerasVersion !== undefined) return await loadKerasModel(path, artifacts, kerasVersion)
    return await layers.loadLayersModel(handler)
  } catch (cause) {
    if (GantryError.isInstance(cause)) throw cause
    throw unreadable(path, cause)
  }
}

/** The module must use the TF.js that it is given: classes registered with another copy would not be found. */
async function registerLayers(module: string, tf: object): Promise<void> {
  const failed = (detail: string, cause?: unknown) =>
    new ConfigurationError({
      code: 'LAYERS_MODULE',
      message: `The layers in ${module} cannot be used: ${detail}.`,
      fix: 'Its default export must be a function that registers classes with the TF.js it is given: export default (tf) => { tf.serialization.registerClass(class MyLayer extends tf.layers.Layer { … }) }.',
      cause,
    })
  try {
    const { default: register } = await import(pathToFileURL(resolve(module)).href)
    if (typeof register !== 'function') throw failed('its default export is no function')
    await register(tf)
  } catch (cause) {
    throw GantryError.isInstance(cause) ? cause : failed(firstLine(cause), cause)
  }
}

function unreadable(path: string, cause: unknown): GantryError {
  const message = firstLine(cause)
  const [, layer] = /^Unknown \w+: ([^\s.]+)/.exec(message) ?? []
  if (layer !== undefined) {
    return new ConfigurationError({
      code: 'LAYER_UNKNOWN',
      message: `${path} uses '${layer}', which TF.js does not have.`,
      fix:
        'Register it in a module and name that with --layers: export default (tf) => { tf.serialization.registerClass(…) }. ' +
        `A model of Keras can do without. ${GRAPH_MODEL}`,
      cause,
    })
  }
  return new ModelFormatError({ code: 'MODEL_UNREADABLE', message: `TF.js cannot load ${path}: ${message}`, cause })
}

function firstLine(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause)
  return text.split('\n')[0]!
}

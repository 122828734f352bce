import { ModelFormatError } from '@gantry/core'
import { io, type Tensor } from '@tensorflow/tfjs-core'
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers'
import { registerActivations } from './activations.ts'
import { registerFunctionLayers } from './function-layers.ts'
import { translateTopology } from './translate-topology.ts'
import { registerWeightedLayers } from './weighted-layers.ts'

interface LayerLike {
  readonly name: string
  readonly layers?: readonly LayerLike[]
  readonly weights: readonly { readonly originalName: string; readonly shape: readonly (number | null)[] }[]
  setWeights(weights: Tensor[]): void
}

let registered = false

/** The version of Keras that wrote a layers model; undefined for models that TF.js saved. */
export function kerasVersionOf({ modelTopology }: io.ModelArtifacts): number | undefined {
  const { keras_version } = modelTopology as { keras_version?: unknown }
  // TF.js writes `tfjs-layers 4.22.0`.
  return typeof keras_version === 'string' && /^\d/.test(keras_version) ? Number.parseInt(keras_version, 10) : undefined
}

/**
 * A layers model that Keras wrote, with the numbers that Keras means.
 *
 * @throws UnsupportedError `KERAS_LAYER_UNSUPPORTED` naming the layer and the field; ModelFormatError `WEIGHTS_MISMATCH`
 */
export async function loadKerasModel(
  path: string,
  artifacts: io.ModelArtifacts,
  kerasVersion: number,
): Promise<LayersModel> {
  if (!registered) {
    registerActivations()
    registerFunctionLayers()
    registerWeightedLayers()
    registered = true
  }
  const { modelTopology, weightData, weightSpecs = [], ...rest } = artifacts
  const translated = translateTopology(modelTopology as object, kerasVersion)
  const model = await loadLayersModel(io.fromMemory({ ...rest, modelTopology: translated }))
  const weights = io.decodeWeights((weightData ?? new ArrayBuffer(0)) as ArrayBuffer, weightSpecs)
  try {
    setWeights(path, model as unknown as LayerLike, new Map(Object.entries(weights)))
  } finally {
    for (const tensor of Object.values(weights)) tensor.dispose()
  }
  return model
}

/** Layers that hold weights themselves, with the names of the models around them. */
function leavesOf(layer: LayerLike, around: readonly string[]): { layer: LayerLike; around: readonly string[] }[] {
  if (layer.layers === undefined) return layer.weights.length === 0 ? [] : [{ layer, around }]
  return layer.layers.flatMap((inner) => leavesOf(inner, [...around, layer.name]))
}

/**
 * Keras names weights by models, layers and cells (`sequential/gru/gru_cell/kernel`), in another way in every version. What stays is
 * the layer's name, which comes before the weight's, and the order of weights in a layer.
 */
function setWeights(path: string, model: LayerLike, weights: ReadonlyMap<string, Tensor>): void {
  const left = new Set(weights.keys())
  for (const { layer, around } of uniqueLeaves(model)) {
    const ofLayer = [...left].filter((name) => name.split('/').slice(0, -1).includes(layer.name))
    // Layers of one name in several models are told apart by the models.
    const inner = around.slice(1).at(-1)
    const own = ofLayer.filter((name) => inner === undefined || name.split('/').includes(inner))
    const found = (own.length > 0 ? own : ofLayer).slice(0, layer.weights.length)
    const shapes = found.map((name) => weights.get(name)!.shape)
    const fits = layer.weights.every(
      ({ originalName, shape }, index) =>
        isNamed(found[index]?.split('/').at(-1), originalName.split('/').at(-1)!) &&
        shapes[index]!.join() === shape.join(),
    )
    if (!fits) {
      const wanted = layer.weights.map(({ originalName, shape }) => `${originalName} [${shape}]`)
      throw mismatch(
        path,
        `the layer ${layer.name} needs ${wanted.join(', ')}, and the file has ${found.map((name, index) => `${name} [${shapes[index]}]`).join(', ') || 'none'}`,
      )
    }
    layer.setWeights(found.map((name) => weights.get(name)!))
    for (const name of found) left.delete(name)
  }
  if (left.size > 0) throw mismatch(path, `no layer takes ${[...left].join(', ')}`)
}

/** Keras 3 calls the kernel of a depthwise convolution as that of any other. */
function isNamed(name: string | undefined, wanted: string): boolean {
  return name === wanted || (wanted === 'depthwise_kernel' && name === 'kernel')
}

/** A model or layer that is called twice is one. */
function uniqueLeaves(model: LayerLike) {
  const seen = new Set<LayerLike>()
  return leavesOf(model, []).filter(({ layer }) => !seen.has(layer) && seen.add(layer))
}

function mismatch(path: string, detail: string): ModelFormatError {
  return new ModelFormatError({
    code: 'WEIGHTS_MISMATCH',
    message: `The weights of ${path} are not those of its layers: ${detail}.`,
    fix: 'Convert the model again, or as a graph model: model.export(…), then tensorflowjs_converter --input_format=tf_saved_model.',
  })
}

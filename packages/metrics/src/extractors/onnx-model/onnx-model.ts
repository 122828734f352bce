import { type InferenceBackend, type NDArray, ndarray, ShapeError } from '@gantry/core'
import { decodeModel, type ExternalFiles, encodeModel, workingGraph } from '@gantry/onnx'
import type { FeatureExtractor } from '../../extractor.ts'
import type { ImageBatch } from '../../features.ts'
import { sha256 } from '../../weights/hash-weights.ts'
import { ImageInput, type ImageResizer } from '../image-input.ts'
import { createModelExtractor, QUANTISATION } from '../session-extractor.ts'
import { chainGraphs } from './chain-graphs.ts'
import { findTaps } from './find-taps.ts'
import { runInBatches } from './fixed-batch.ts'
import { describeImageInput } from './image-model.ts'
import { buildPixelInput } from './pixel-input.ts'

/** Apart from every name that a model is likely to have. */
const PREFIX = 'gantry/'

/** How {@link createOnnxExtractor} uses a model. */
export interface OnnxExtractorOptions {
  /** What scores call it; `onnx` by default. */
  readonly name?: string
  /** Names of values inside the model; by default its first output. The first is the layer for distances. */
  readonly layers?: readonly string[]
  /** The layer of class logits, if it is a classifier. */
  readonly logitLayer?: string
  /** Of layers that still have height and width: `flatten` (default) takes every number, `mean` one a channel. */
  readonly pooling?: 'flatten' | 'mean'
  /** What the model was trained on: pixels 0 to 255 become these; 0 to 1 by default. */
  readonly range?: readonly [low: number, high: number]
  readonly resizer?: ImageResizer
  /** Height and width, for models that take any. */
  readonly size?: readonly [height: number, width: number]
  /** Where the model keeps weights in files of their own: what reads one by the name that the model gives it. */
  readonly externalFiles?: Extract<ExternalFiles, (location: string) => Uint8Array>
}

/**
 * Features from any ONNX model of images, at any value inside it.
 *
 * Whether channels come first or last, and how many there are, follows from the shape of its input.
 *
 * @param bytes of the `.onnx` file
 * @throws ConfigurationError `LAYER_UNKNOWN`, `IMAGE_SIZE_UNKNOWN`, UnsupportedError `MODEL_UNSUITABLE`, `OPSET_UNSUITABLE` for
 * operator sets that ours does not mix with, and the errors of `decodeModel`
 *
 * @example
 * ```ts
 * const extractor = await createOnnxExtractor(backend, bytes, { layers: ['/layer4/Relu_output_0'], pooling: 'mean' })
 * ```
 */
export async function createOnnxExtractor(
  backend: InferenceBackend,
  bytes: Uint8Array,
  options: OnnxExtractorOptions = {},
): Promise<FeatureExtractor> {
  const { name = 'onnx', logitLayer, pooling = 'flatten', range = [0, 1], resizer = 'pil-bicubic', size } = options
  const owner = `The model '${name}'`
  const beside = new Map<string, Uint8Array>()
  const { externalFiles } = options
  const decoded = decodeModel(
    bytes,
    externalFiles &&
      ((location) => {
        const file = beside.get(location) ?? externalFiles(location)
        beside.set(location, file)
        return file
      }),
  )
  // Nodes of our own come before and after the model's.
  const model = { ...decoded, graph: workingGraph(decoded.graph, owner) }
  const { layers: asked = [model.graph.outputs[0]!.name] } = options
  const layers = [...new Set(logitLayer === undefined ? asked : [...asked, logitLayer])]
  const modelInput = describeImageInput(owner, model.graph, size)
  const images = new ImageInput(modelInput.size, resizer, modelInput.channels)
  const taps = findTaps(owner, model.graph, layers, modelInput, pooling)
  const graph = chainGraphs(buildPixelInput(images, modelInput, range, PREFIX), model.graph, taps, PREFIX)
  const session = await backend.load(encodeModel({ ...model, graph }))

  const run = async (batch: ImageBatch): Promise<Record<string, NDArray>> => {
    checkChannels(owner, batch, modelInput.channels)
    const feeds = Object.entries(images.feeds(batch)).map(([key, feed]) => [`${PREFIX}${key}`, feed])
    const outputs = await session.run(Object.fromEntries(feeds))
    return Object.fromEntries(layers.map((layer, index) => [layer, outputs[`${PREFIX}output_${index}`]!]))
  }
  const runAll = (batch: ImageBatch) =>
    modelInput.batch === undefined ? run(batch) : runInBatches(batch, modelInput.batch, run)
  // How wide a layer is shows with the first image: not every operator's shapes can be inferred.
  const probe = await runAll(ndarray('uint8', [1, ...modelInput.size, modelInput.channels]))
  return createModelExtractor(
    {
      name,
      frechetName: `${name}-frechet`,
      layers: Object.fromEntries(layers.map((layer) => [layer, probe[layer]!.data.length])),
      featureLayer: layers[0]!,
      ...(logitLayer !== undefined && { logitLayer }),
      protocol: {
        extractor: `${name}:${layers[0]}${pooling === 'mean' ? ' (mean)' : ''}`,
        weights: await hashOf(bytes, beside),
        resizer: `${resizer} to ${modelInput.size.join('×')}, ${range[0]} to ${range[1]}`,
        quantisation: QUANTISATION,
      },
    },
    { run: runAll, dispose: () => session.dispose() },
  )
}

/** Of the model alone, as ever, or of it and what lies beside it. */
async function hashOf(bytes: Uint8Array, beside: ReadonlyMap<string, Uint8Array>): Promise<string> {
  if (beside.size === 0) return sha256(bytes)
  const hashes = await Promise.all([bytes, ...beside.values()].map(sha256))
  return sha256(new TextEncoder().encode(hashes.join()))
}

function checkChannels(owner: string, { shape }: ImageBatch, channels: 1 | 3): void {
  if (channels === 3 || shape[3] === 1) return
  throw new ShapeError({
    code: 'IMAGES_UNSUITABLE',
    message: `${owner} takes grey images, and these have ${shape[3]} channels: [${shape.join(',')}].`,
    fix: 'Make them grey first, or use a model for colours.',
  })
}

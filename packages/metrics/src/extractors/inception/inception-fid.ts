import { ConfigurationError, type InferenceBackend, suggestion } from '@gantry/core'
import { createModel, encodeModel } from '@gantry/onnx'
import type { FeatureExtractor } from '../../extractor.ts'
import type { NetworkWeights } from '../../weights/weights-for.ts'
import { ImageInput, type ImageResizer } from '../image-input.ts'
import { createSessionExtractor, QUANTISATION } from '../session-extractor.ts'
import { INCEPTION_CLASSES, INCEPTION_SIZE } from './architecture.ts'
import { buildInceptionGraph, type InceptionLayer, type PixelScaling } from './inception-graph.ts'

const widths: Readonly<Record<InceptionLayer, number>> = {
  64: 64,
  192: 192,
  768: 768,
  2048: 2048,
  logits_unbiased: INCEPTION_CLASSES,
  logits: INCEPTION_CLASSES,
}

/** Each reference's way to the network, and the name that its distance goes by. */
const preparations: Readonly<Record<ImageResizer, PixelScaling & { readonly frechetName: string }>> = {
  'tf1-bilinear': { shift: 128, scale: 128, frechetName: 'fid' },
  'pil-bicubic': { shift: 128, scale: 128, frechetName: 'clean-fid' },
  'pil-bicubic-uint8': { shift: 128, scale: 128, frechetName: 'clean-fid-quantised' },
  // pytorch-fid scales 0…1 to -1…1.
  'half-pixel-bilinear': { shift: 127.5, scale: 127.5, frechetName: 'pytorch-fid' },
}

/** How {@link createInceptionFid} prepares images, and what it computes. */
export interface InceptionOptions {
  /**
   * `tf1-bilinear` is the definition (TensorFlow's, torch-fidelity's), and the default; `pil-bicubic` is clean-fid's;
   * `half-pixel-bilinear` is pytorch-fid's. Scores of different ones must not be compared.
   */
  readonly resizer?: ImageResizer
  /** The layers that will be asked for; by default all. What only deeper layers need is not computed. */
  readonly layers?: readonly string[]
}

/**
 * The network that FID, KID, Inception Score and precision/recall are defined by.
 *
 * Layers: `64`, `192`, `768`, `2048` (means over space), `logits` and `logits_unbiased` (without the last layer's bias, as the
 * Inception Score takes them).
 *
 * @param weights from `weightsFor('inception-fid', …)`
 * @throws ConfigurationError `LAYER_UNKNOWN`
 *
 * @example
 * ```ts
 * const weights = weightsFor('inception-fid', bytes, await sha256(bytes))
 * const extractor = await createInceptionFid(createOnnxRuntimeInference(), weights)
 * const { 2048: features } = await extractor.extract(images, ['2048'])
 * ```
 */
export async function createInceptionFid(
  backend: InferenceBackend,
  weights: NetworkWeights,
  { resizer = 'tf1-bilinear', layers = Object.keys(widths) }: InceptionOptions = {},
): Promise<FeatureExtractor> {
  const { frechetName, ...scaling } = preparations[resizer]
  const computed = layers.map(asLayer)
  const input = new ImageInput([INCEPTION_SIZE, INCEPTION_SIZE], resizer)
  const graph = buildInceptionGraph(weights.tensors, input, scaling, computed)
  const session = await backend.load(encodeModel(createModel(graph)))
  return createSessionExtractor(
    {
      name: 'inception-fid',
      frechetName,
      layers: Object.fromEntries(computed.map((layer) => [layer, widths[layer]])),
      featureLayer: computed.includes('2048') ? '2048' : computed[0]!,
      ...(computed.includes('logits_unbiased') && { logitLayer: 'logits_unbiased' }),
      protocol: { extractor: 'inception-fid', weights: weights.sha256, resizer, quantisation: QUANTISATION },
    },
    session,
    (images) => input.feeds(images),
  )
}

function asLayer(name: string): InceptionLayer {
  if (Object.hasOwn(widths, name)) return name as InceptionLayer
  throw new ConfigurationError({
    code: 'LAYER_UNKNOWN',
    message: `The extractor 'inception-fid' has no layer '${name}'.`,
    fix: suggestion(name, Object.keys(widths)),
  })
}

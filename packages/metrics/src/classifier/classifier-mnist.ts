import { type InferenceBackend, ShapeError } from '@gantry/core'
import type { FeatureExtractor } from '../extractor.ts'
import { createSessionExtractor, QUANTISATION } from '../extractors/session-extractor.ts'
import type { ImageBatch } from '../features.ts'
import { mnistWeightsHash } from './generated/mnist-weights.ts'
import { MNIST_CLASSES, MNIST_FEATURES, MNIST_SIDE, mnistClassifierModel } from './mnist-graph.ts'

/**
 * The default extractor for MNIST and 28×28 grey data: a small classifier of digits, part of this package. Nothing is
 * downloaded.
 *
 * Layers: `features` (64, means over space) and `logits` (10, by digit). Its distances are named `mnist-frechet` and so on:
 * they can be compared with each other, and with no FID. Digits are what it was taught; for other 28×28 data its features
 * are a fixed basis, and its classes mean nothing.
 *
 * @throws (from `extract`) ShapeError `IMAGES_UNSUITABLE`, ConfigurationError `LAYER_UNKNOWN`
 *
 * @example
 * ```ts
 * const extractor = await classifierMnist({ backend: createOnnxRuntimeInference() })
 * const { features, logits } = await extractor.extract(images, ['features', 'logits'])
 * ```
 */
export async function classifierMnist({ backend }: { readonly backend: InferenceBackend }): Promise<FeatureExtractor> {
  const session = await backend.load(mnistClassifierModel())
  return createSessionExtractor(
    {
      name: 'classifier-mnist',
      frechetName: 'mnist-frechet',
      layers: { features: MNIST_FEATURES, logits: MNIST_CLASSES },
      featureLayer: 'features',
      logitLayer: 'logits',
      protocol: {
        extractor: 'classifier-mnist',
        weights: mnistWeightsHash,
        resizer: 'none',
        quantisation: QUANTISATION,
      },
    },
    session,
    (images) => {
      checkSize(images)
      return { images }
    },
  )
}

function checkSize({ shape: [, height, width, channels] }: ImageBatch): void {
  if (height === MNIST_SIDE && width === MNIST_SIDE && channels === 1) return
  throw new ShapeError({
    code: 'IMAGES_UNSUITABLE',
    message: `The extractor 'classifier-mnist' takes images of 28×28×1 but these are ${height}×${width}×${channels}.`,
    fix: 'Make them 28×28 and grey, bright on black as digits of MNIST are, or use an extractor for any size: inception-fid.',
  })
}

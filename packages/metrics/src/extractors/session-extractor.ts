import { ConfigurationError, type InferenceSession, type NDArray, suggestion } from '@gantry/core'
import type { FeatureExtractor } from '../extractor.ts'
import type { FeatureMatrix, ImageBatch } from '../features.ts'
import { checkImages } from './image-input.ts'

/** What all images of this package are: 8 bits a channel. */
export const QUANTISATION = 'round(127.5·(x + 1))'

/** An extractor apart from how it computes. */
export type ExtractorDescription = Omit<FeatureExtractor, 'extract' | 'dispose'>

/** A loaded model that takes images as they are. */
export interface ImageModel {
  /** Every layer as a tensor [count, …], by name. */
  run(images: ImageBatch): Promise<Readonly<Record<string, NDArray>>>
  dispose(): Promise<void>
}

/** An extractor whose layers are the outputs of a model. */
export function createModelExtractor(description: ExtractorDescription, model: ImageModel): FeatureExtractor {
  return {
    ...description,
    async extract(images, layers) {
      checkImages(`The extractor '${description.name}'`, images)
      checkLayers(description, layers)
      const outputs = await model.run(images)
      const rows = images.shape[0]!
      return Object.fromEntries(layers.map((layer) => [layer, toFeatures(outputs[layer]!, rows)]))
    },
    dispose: () => model.dispose(),
  }
}

/** An extractor whose layers are the outputs of a session, under their own names. */
export function createSessionExtractor(
  description: ExtractorDescription,
  session: InferenceSession,
  feedsOf: (images: ImageBatch) => Readonly<Record<string, NDArray>>,
): FeatureExtractor {
  return createModelExtractor(description, {
    run: async (images) => session.run(feedsOf(images)),
    dispose: () => session.dispose(),
  })
}

/**
 * @throws ConfigurationError `LAYER_UNKNOWN`
 */
export function checkLayers({ name, layers }: ExtractorDescription, asked: readonly string[]): void {
  const unknown = asked.find((layer) => !Object.hasOwn(layers, layer))
  if (unknown === undefined) return
  throw new ConfigurationError({
    code: 'LAYER_UNKNOWN',
    message: `The extractor '${name}' has no layer '${unknown}'.`,
    fix: suggestion(unknown, Object.keys(layers)),
  })
}

/** One row a sample; whatever axes follow the first are flattened. */
function toFeatures({ data }: NDArray, rows: number): FeatureMatrix {
  const numbers = data instanceof Float32Array || data instanceof Float64Array ? data : Float64Array.from(data, Number)
  return { rows, columns: numbers.length / rows, data: numbers }
}

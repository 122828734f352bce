import { rowsOf } from '@gantry/core'
import {
  type EvaluatedSamples,
  extractFeatures,
  type FeatureExtractor,
  type FeatureMatrix,
  type GaussianStatistics,
  gaussianStatistics,
  type ImageBatch,
} from '@gantry/metrics'
import { imageBatches, KeptImages, type Range, readImages } from './read-samples.ts'
import type { Samples } from './samples.ts'
import { StatisticsCache } from './statistics-cache.ts'

/** Generated samples: drawn, rounded and looked at in one pass, the next batch while the engine works; without an extractor, only kept. */
export async function extractGenerated(
  samples: Samples,
  extractor: FeatureExtractor | undefined,
  range: Range,
  withLogits: boolean,
): Promise<EvaluatedSamples> {
  if (extractor === undefined) return { count: range.count, ...(await readImages(samples, range)).kept.kept }
  const kept = new KeptImages(samples)
  const { featureLayer, logitLayer } = extractor
  const layers = withLogits && logitLayer !== undefined ? [featureLayer, logitLayer] : [featureLayer]
  const features = await extract(imageBatches(samples, range, kept), extractor, [...new Set(layers)], range)
  return {
    count: range.count,
    features: features[featureLayer]!,
    ...(layers[1] !== undefined && { logits: features[layers[1]]! }),
    ...kept.kept,
  }
}

/** A data set whose content is known by its hash. */
export interface ReadSamples {
  readonly samples: Samples
  readonly range: Range
  readonly kept: KeptImages
  readonly sha256: string
}

export async function readReal(samples: Samples, range: Range): Promise<ReadSamples> {
  return { samples, range, ...(await readImages(samples, range)) }
}

/** Features of a data set: from the cache where they were computed before. */
export async function extractReal(
  read: ReadSamples,
  extractor: FeatureExtractor,
): Promise<{ readonly features: FeatureMatrix; readonly cached: boolean }> {
  const cache = cacheOf(read, extractor)
  const known = await cache.features()
  if (known !== undefined) return { features: known, cached: true }
  const { featureLayer } = extractor
  const features = (await extract(imagesOf(read), extractor, [featureLayer], read.range))[featureLayer]!
  await cache.keepFeatures(features)
  return { features, cached: false }
}

/** Statistics of a data set: from the cache where they, or its features, were computed before. */
export async function realStatistics(
  read: ReadSamples,
  extractor: FeatureExtractor,
): Promise<{ readonly statistics: GaussianStatistics; readonly cached: boolean }> {
  const cache = cacheOf(read, extractor)
  const known = await cache.statistics()
  if (known !== undefined) return { statistics: known, cached: true }
  const { features, cached } = await extractReal(read, extractor)
  const statistics = await gaussianStatistics(features, read.range)
  await cache.keepStatistics(statistics)
  return { statistics, cached }
}

function cacheOf({ sha256, range }: ReadSamples, extractor: FeatureExtractor): StatisticsCache {
  return new StatisticsCache({ content: sha256, count: range.count, extractor }, range.say)
}

async function extract(
  images: AsyncIterable<ImageBatch> | Iterable<ImageBatch>,
  extractor: FeatureExtractor,
  layers: readonly string[],
  { count, what, progress, signal }: Range,
): Promise<Record<string, FeatureMatrix>> {
  return extractFeatures(images, extractor, layers, {
    total: count,
    ...(signal && { signal }),
    ...(progress && { progress: (done, total) => progress(done, total, what) }),
  })
}

/** Features of images that lie in memory. */
export async function extractImages(
  images: ImageBatch,
  extractor: FeatureExtractor,
  range: Range,
): Promise<FeatureMatrix> {
  const { featureLayer } = extractor
  return (await extract(slices(images), extractor, [featureLayer], range))[featureLayer]!
}

const BATCH = 64

/** From memory where they are, else once more from where they came. */
function imagesOf({ samples, range, kept }: ReadSamples): AsyncIterable<ImageBatch> | Iterable<ImageBatch> {
  return kept.complete ? slices(kept.kept.images) : imageBatches(samples, range)
}

function* slices(images: ImageBatch): Generator<ImageBatch> {
  const [count = 0] = images.shape
  for (let from = 0; from < count; from += BATCH) yield rowsOf(images, from, Math.min(BATCH, count - from))
}

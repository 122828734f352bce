import { DataError } from '@gantry/core'
import type { FeatureExtractor } from '../extractor.ts'
import { checkFeatures, type FeatureMatrix, type ImageBatch } from '../features.ts'
import type { Progress } from '../score.ts'

/** Batches that are in the engine at once: one computes, the next waits there, so that the engine never waits. */
const IN_FLIGHT = 2

export interface ExtractionOptions {
  /** Called after every batch. */
  readonly progress?: Progress
  /** How many images there will be, for `progress`; 0 where nobody knows. */
  readonly total?: number
  /** Ends the extraction between two batches, by the signal's reason. */
  readonly signal?: AbortSignal
}

/** Features of one batch, by layer; `firstRow` is the number of images before it. */
export type OnFeatures = (features: Readonly<Record<string, FeatureMatrix>>, firstRow: number) => void

/**
 * Hands the features of all images over batch by batch, in order, and holds none of them.
 *
 * While the engine computes a batch, the next one is taken from `source`: decoding and drawing cost nothing as long as they
 * are faster than the network.
 *
 * @returns the number of images
 * @throws ShapeError `FEATURES_NOT_FINITE`, DataError `IMAGES_MISSING` when there is none, and what source and extractor throw
 */
export async function forEachFeatures(
  source: AsyncIterable<ImageBatch> | Iterable<ImageBatch>,
  extractor: FeatureExtractor,
  layers: readonly string[],
  onFeatures: OnFeatures,
  { progress, total = 0, signal }: ExtractionOptions = {},
): Promise<number> {
  const running: Promise<Readonly<Record<string, FeatureMatrix>>>[] = []
  let done = 0
  const finishOldest = async () => {
    const features = await running.shift()!
    let rows = 0
    for (const [layer, matrix] of Object.entries(features)) {
      rows = matrix.rows
      checkFeatures(`${extractor.name}, layer '${layer}', batch from sample ${done}`, matrix)
    }
    onFeatures(features, done)
    done += rows
    progress?.(done, total, 'images')
  }
  try {
    for await (const images of source) {
      signal?.throwIfAborted()
      const features = extractor.extract(images, layers)
      // One that fails while an earlier one is awaited is reported when its turn comes.
      features.catch(() => {})
      running.push(features)
      if (running.length === IN_FLIGHT) await finishOldest()
    }
    while (running.length > 0) {
      signal?.throwIfAborted()
      await finishOldest()
    }
  } finally {
    // Nothing of this must be under way when the caller disposes of the extractor.
    await Promise.allSettled(running)
  }
  if (done === 0) {
    throw new DataError({
      code: 'IMAGES_MISSING',
      message: `The extractor '${extractor.name}' got no image.`,
      fix: 'Is the folder or the data set empty?',
    })
  }
  return done
}

/**
 * The features of all images, by layer. For 50 000 images of 2048 features that is 400 MB; {@link forEachFeatures} holds none.
 *
 * @example
 * ```ts
 * const { 2048: features } = await extractFeatures(batches, extractor, ['2048'])
 * ```
 */
export async function extractFeatures(
  source: AsyncIterable<ImageBatch> | Iterable<ImageBatch>,
  extractor: FeatureExtractor,
  layers: readonly string[],
  options: ExtractionOptions = {},
): Promise<Record<string, FeatureMatrix>> {
  const parts = new Map<string, FeatureMatrix[]>(layers.map((layer) => [layer, []]))
  const keep: OnFeatures = (features) => {
    for (const layer of layers) parts.get(layer)!.push(features[layer]!)
  }
  await forEachFeatures(source, extractor, layers, keep, options)
  return Object.fromEntries([...parts].map(([layer, matrices]) => [layer, stackRows(matrices)]))
}

/** Rows of several matrices in one, in order. */
export function stackRows(matrices: readonly FeatureMatrix[]): FeatureMatrix {
  const { columns, data: first } = matrices[0]!
  const rows = matrices.reduce((sum, matrix) => sum + matrix.rows, 0)
  const data = new (first.constructor as Float32ArrayConstructor)(rows * columns)
  let at = 0
  for (const matrix of matrices) {
    data.set(matrix.data, at)
    at += matrix.data.length
  }
  return { rows, columns, data }
}

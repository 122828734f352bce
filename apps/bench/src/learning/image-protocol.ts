import { rowsOf } from '@gantry/core'
import { openDataset } from '@gantry/datasets'
import {
  type EvaluatedSamples,
  evaluate,
  extractFeatures,
  type FeatureExtractor,
  type ImageBatch,
  needsExtractor,
  quantiseImages,
} from '@gantry/metrics'
import { firstSamples } from '@gantry/training'
import type { Protocol } from './protocol.ts'

const SEED = 0
const BATCH = 64

export interface ImageProtocol {
  readonly real: string
  /** Of the data set. */
  readonly options?: Readonly<Record<string, unknown>>
  readonly main: string
  /** Whether the extractor's classes are those of the data. */
  readonly classes: boolean
  create(): Promise<FeatureExtractor>
  /** Others, in whose features the Fréchet distance of a finished run is told, too. */
  also?(): Promise<FeatureExtractor>
}

/** Images against 10,000 real ones, by the features of an extractor. */
export function ofImages({ real, options = {}, main, classes, create, also }: ImageProtocol): Protocol {
  const [count, curveCount] = [10_000, 2_000]
  return {
    text: `${count.toLocaleString('en')} samples against ${real}`,
    count,
    curveCount,
    main,
    better: 'lower',
    open: async () => {
      const extractor = await create()
      const dataset = await openDataset(real, options)
      const images = await firstImages(dataset, Math.min(count, dataset.size))
      await dataset.dispose?.()
      const reference = await look(extractor, images, false)
      const other = also && (await distanceBy(await also(), { images, realName: real }))
      return async ({ samples, labels }, briefly) => {
        const seen = await look(extractor, samples as ImageBatch, classes && !briefly)
        const generated = { ...seen, ...(labels && { labels }) }
        const more = [...(classes ? ['modes'] : []), ...(classes && labels ? ['label-accuracy'] : [])]
        const { scores } = await evaluate({
          real: reference,
          generated,
          metrics: briefly ? ['fid'] : ['fid', 'prdc', ...more],
          extractor,
          realName: real,
          seed: SEED,
          resamples: 0,
        })
        const others = briefly || other === undefined ? [] : await other(samples as ImageBatch)
        return Object.fromEntries([...scores, ...others].map(({ name, value }) => [name, value]))
      }
    },
  }
}

/** Measures the Fréchet distance to real images in the features of an extractor, and nothing else. */
async function distanceBy(
  extractor: FeatureExtractor,
  { images, realName }: { readonly images: ImageBatch; readonly realName: string },
) {
  const real = await look(extractor, images, false)
  return async (samples: ImageBatch) => {
    const generated = await look(extractor, samples, false)
    const request = { real, generated, metrics: ['fid'], extractor, realName, seed: SEED, resamples: 0 }
    return (await evaluate(request)).scores
  }
}

async function firstImages(dataset: Awaited<ReturnType<typeof openDataset>>, count: number): Promise<ImageBatch> {
  const name = Object.keys(dataset.fields).find((field) => needsExtractor(dataset.fields[field]!.modality))!
  const samples = await firstSamples(dataset, count, SEED)
  return quantiseImages(samples[name]!, 0, dataset.fields[name]!.range)
}

async function look(extractor: FeatureExtractor, images: ImageBatch, withLogits: boolean): Promise<EvaluatedSamples> {
  const { featureLayer, logitLayer } = extractor
  const layers = withLogits && logitLayer !== undefined ? [featureLayer, logitLayer] : [featureLayer]
  const features = await extractFeatures(batchesOf(images), extractor, layers)
  return {
    count: images.shape[0]!,
    features: features[featureLayer]!,
    ...(layers[1] !== undefined && { logits: features[layers[1]]! }),
  }
}

export function* batchesOf(images: ImageBatch): Generator<ImageBatch> {
  const count = images.shape[0]!
  for (let from = 0; from < count; from += BATCH) yield rowsOf(images, from, Math.min(BATCH, count - from))
}

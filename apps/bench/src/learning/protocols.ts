import { createOnnxRuntimeInference } from '@gantry/backend-onnxruntime'
import { type NDArray, rowsOf } from '@gantry/core'
import { openDataset } from '@gantry/datasets'
import {
  classifierMnist,
  coordinates,
  countClassModes,
  createRandomConvolutions,
  type EvaluatedSamples,
  evaluate,
  extractFeatures,
  type FeatureExtractor,
  type ImageBatch,
  imageChannel,
  type Mixture,
  needsExtractor,
  predictedClasses,
  quantiseImages,
  stackLabels,
} from '@gantry/metrics'
import { scoreAnomalies } from '@gantry/runs'
import { firstSamples } from '@gantry/training'
import type { MadeSamples } from './made-samples.ts'
import type { RunScores } from './result.ts'
import { ofTranslations } from './translations.ts'

/** How samples that imitate a data set are scored. */
export interface Protocol {
  /** In words, for tables and results. */
  readonly text: string
  /** Samples that the scores of a finished run are of. */
  readonly count: number
  /** Samples of a moment on the way; 0 where a run is looked at only in the end. */
  readonly curveCount: number
  /** The score that tables are sorted by, and curves show. */
  readonly main: string
  readonly better: 'lower' | 'higher'
  /** Scores a run itself, where it is not what it draws that counts. */
  scoreRun?(folder: string): Promise<RunScores>
  /** Reads what is needed of the real side once. */
  open(): Promise<(made: MadeSamples, briefly: boolean) => Promise<Record<string, number>>>
}

const SEED = 0
const BATCH = 64

interface ImageProtocol {
  readonly real: string
  readonly main: string
  /** Whether the extractor's classes are those of the data. */
  readonly classes: boolean
  create(): Promise<FeatureExtractor>
}

/** Images against 10,000 real ones, by the features of an extractor. */
function ofImages({ real, main, classes, create }: ImageProtocol): Protocol {
  const [count, curveCount] = [10_000, 2_000]
  return {
    text: `${count.toLocaleString('en')} samples against ${real}`,
    count,
    curveCount,
    main,
    better: 'lower',
    open: async () => {
      const extractor = await create()
      const dataset = await openDataset(real)
      const images = await firstImages(dataset, Math.min(count, dataset.size))
      await dataset.dispose?.()
      const reference = await look(extractor, images, false)
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
        return Object.fromEntries(scores.map(({ name, value }) => [name, value]))
      }
    },
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

function* batchesOf(images: ImageBatch): Generator<ImageBatch> {
  const count = images.shape[0]!
  for (let from = 0; from < count; from += BATCH) yield rowsOf(images, from, Math.min(BATCH, count - from))
}

/** Modes of a mixture that 2,500 points reach (Srivastava et al. 2017, section 4.1; Lin et al. 2018, section 4.1). */
function ofPoints(mixture: () => Promise<Mixture>): Protocol {
  const count = 2_500
  return {
    text: `${count.toLocaleString('en')} points, within 3σ of a centre`,
    count,
    curveCount: 0,
    main: 'modes',
    better: 'higher',
    open: async () => {
      const own = await mixture()
      return async ({ samples }) => {
        const { data } = samples as NDArray<'float32'>
        const points: EvaluatedSamples = { count, features: { rows: count, columns: 2, data } }
        const request = {
          real: points,
          generated: points,
          mixture: own,
          extractor: coordinates,
          realName: 'the mixture',
        }
        const { scores } = await evaluate({ ...request, metrics: ['modes'], seed: SEED, resamples: 0 })
        return Object.fromEntries(scores.map(({ name, value }) => [name, value]))
      }
    },
  }
}

/** Modes of stacked MNIST that 26,000 samples reach, by a classifier of each channel (Metz et al. 2017; Lin et al. 2018). */
const stacked: Protocol = {
  text: '26,000 samples, their three digits read by classifier-mnist',
  count: 26_000,
  curveCount: 2_600,
  main: 'modes',
  better: 'higher',
  open: async () => {
    const extractor = await createMnist()
    return async ({ samples }) => {
      const digits: Int32Array[] = []
      for (const channel of [0, 1, 2]) {
        const { logits } = await extractFeatures(batchesOf(imageChannel(samples as ImageBatch, channel)), extractor, [
          'logits',
        ])
        digits.push(predictedClasses(logits!))
      }
      const { covered, divergenceFromUniform } = countClassModes(stackLabels(digits, 10), { classes: 1000 })
      return { modes: covered, 'mode-divergence': divergenceFromUniform }
    }
  },
}

/** How well a run tells a class that was left out of its data from the others. */
function ofOddClass(data: string): Protocol {
  const [, odd = '', whole = ''] = /^without:([^,]*),(.*)$/.exec(data) ?? []
  return {
    ...{ text: `all images of ${whole}-test`, count: 0, curveCount: 0, main: 'auroc', better: 'higher' as const },
    open: async () => async () => ({}),
    scoreRun: async (folder) => {
      const test = await openDataset(`${whole}-test`)
      try {
        const { areaUnderCurve } = await scoreAnomalies(folder, test, { odd, kept: 1 })
        return { scores: { auroc: areaUnderCurve! } }
      } finally {
        await test.dispose?.()
      }
    },
  }
}

/** What a generator adds to few images. */
const augmentation: Protocol = {
  ...{ text: 'all images of mnist-test', count: 0, curveCount: 0, main: 'accuracy-both', better: 'higher' },
  open: async () => async () => ({}),
  scoreRun: async (folder) => ({ scores: await (await import('./augmentation.ts')).augmentationScores(folder) }),
}

const backend = () => createOnnxRuntimeInference({ device: 'cpu', threads: 1 })
const createMnist = () => classifierMnist({ backend: backend() })
const digits = { main: 'mnist-frechet', create: createMnist }

const protocols: Readonly<Record<string, Protocol>> = {
  mnist: ofImages({ ...digits, real: 'mnist-test', classes: true }),
  'fashion-mnist': ofImages({ ...digits, real: 'fashion-mnist-test', classes: false }),
  emoji: ofImages({
    real: 'emoji',
    main: 'random-conv-frechet',
    classes: false,
    create: () => createRandomConvolutions(backend()),
  }),
  'stacked-mnist': stacked,
  ring8: ofPoints(async () => (await import('@gantry/datasets')).ring8Mixture),
  grid25: ofPoints(async () => (await import('@gantry/datasets')).grid25Mixture),
}

/** How samples of runs on these data are scored. */
export function protocolFor(data: string): Protocol {
  if (data.startsWith('without:')) return ofOddClass(data)
  if (data.startsWith('few:')) return augmentation
  if (data.startsWith('training:')) return ofTranslations(data)
  const protocol = protocols[data.split(':')[0]!]
  if (protocol === undefined) throw new Error(`The learning bench has no protocol for ${data}.`)
  return protocol
}

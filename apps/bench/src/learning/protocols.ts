import { createOnnxRuntimeInference } from '@gantry/backend-onnxruntime'
import type { NDArray } from '@gantry/core'
import { openDataset } from '@gantry/datasets'
import {
  classifierMnist,
  coordinates,
  countClassModes,
  createRandomConvolutions,
  type EvaluatedSamples,
  evaluate,
  extractFeatures,
  type ImageBatch,
  imageChannel,
  type Mixture,
  predictedClasses,
  stackLabels,
} from '@gantry/metrics'
import { scoreAnomalies } from '@gantry/runs'
import { attributeClassifier } from './attribute-classifier.ts'
import { batchesOf, ofImages } from './image-protocol.ts'
import type { Protocol } from './protocol.ts'
import { ofTranslations } from './translations.ts'

const SEED = 0
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

const randomConvolutions = async () => createRandomConvolutions(backend())

const protocols: Readonly<Record<string, Protocol>> = {
  mnist: ofImages({ ...digits, real: 'mnist-test', classes: true }),
  'fashion-mnist': ofImages({ ...digits, real: 'fashion-mnist-test', classes: false }),
  emoji: ofImages({
    real: 'emoji',
    main: 'random-conv-frechet',
    classes: false,
    create: randomConvolutions,
  }),
  avataaars: ofImages({
    ...{ real: 'avataaars', options: { size: 32 }, main: 'random-conv-frechet', classes: false },
    create: randomConvolutions,
    also: attributeClassifier,
  }),
  'few:avataaars': ofImages({
    ...{ real: 'avataaars', options: { size: 16 }, main: 'random-conv-frechet', classes: false },
    create: randomConvolutions,
  }),
  'stacked-mnist': stacked,
  ring8: ofPoints(async () => (await import('@gantry/datasets')).ring8Mixture),
  grid25: ofPoints(async () => (await import('@gantry/datasets')).grid25Mixture),
}

/** How samples of runs on these data are scored. */
export function protocolFor(data: string): Protocol {
  if (data.startsWith('without:')) return ofOddClass(data)
  const few = /^few:\d+,(?:training:)?(.+)$/.exec(data)?.[1]
  if (few === 'mnist') return augmentation
  if (few !== undefined) return protocols[`few:${few}`] ?? protocolFor(few)
  if (data.startsWith('training:')) return ofTranslations(data)
  const protocol = protocols[data.split(':')[0]!]
  if (protocol === undefined) throw new Error(`The learning bench has no protocol for ${data}.`)
  return protocol
}

import '@tensorflow/tfjs-backend-cpu'
import { type NDArray, ndarray } from '@gantry/core'
import { openDataset } from '@gantry/datasets'
import { classifierAccuracy, type Labelled } from '@gantry/metrics'
import { loadGenerator, RunFolder, rowsBy } from '@gantry/runs'
import { firstSamples, generate } from '@gantry/training'
import { setBackend } from '@tensorflow/tfjs-core'
import { trainSmallClassifier } from './small-classifier.ts'

type Images = Labelled<NDArray<'float32'>>

const CLASSES = 10
const GENERATED = 500
const CLASSIFIERS = [1, 2, 3]

/**
 * How many test images a classifier reads that has learnt from the real images of a run, from what its generator makes, or from both.
 *
 * @param folder a run of a conditional variant on `few:COUNT,mnist`
 */
export async function augmentationScores(folder: string): Promise<Record<string, number>> {
  await setBackend('cpu')
  const { data } = (await RunFolder.open(folder)).config
  const [real, test] = [await imagesOf(data), await imagesOf('mnist-test')]
  const generated = await generatedImages(folder)
  const both = joined([...repeated(real, Math.round(generated.labels.length / real.labels.length)), generated])
  return {
    'accuracy-real': await accuracyAfter(real, test),
    'accuracy-generated': await accuracyAfter(generated, test),
    'accuracy-both': await accuracyAfter(both, test),
  }
}

async function accuracyAfter(training: Images, test: Images): Promise<number> {
  let sum = 0
  for (const seed of CLASSIFIERS) {
    const { accuracy } = await classifierAccuracy(
      { generated: training, real: test, classes: CLASSES },
      async (own, classes) => {
        const { classify, dispose } = await trainSmallClassifier(own, { classes, seed })
        return async (samples) => classify(samples).finally(dispose)
      },
    )
    sum += accuracy / CLASSIFIERS.length
  }
  return sum
}

async function imagesOf(name: string): Promise<Images> {
  const dataset = await openDataset(name)
  try {
    const { image, label } = await firstSamples(dataset, dataset.size, 0)
    return { samples: image as NDArray<'float32'>, labels: Int32Array.from(label!.data, Number) }
  } finally {
    await dataset.dispose?.()
  }
}

async function generatedImages(folder: string): Promise<Images> {
  const { evaluate, manifest, dispose } = await loadGenerator(folder, {})
  try {
    const count = CLASSES * GENERATED
    const { asked } = rowsBy(manifest.inputs, 'labels', count)
    const { inputs, outputs } = await generate(evaluate, manifest.inputs, { seed: 0, count, asked })
    const labels = Int32Array.from(inputs.labels!.data, Number)
    return { samples: outputs.samples as NDArray<'float32'>, labels }
  } finally {
    await dispose()
  }
}

const repeated = (images: Images, times: number): Images[] => new Array<Images>(Math.max(1, times)).fill(images)

function joined(parts: readonly Images[]): Images {
  const count = parts.reduce((sum, { labels }) => sum + labels.length, 0)
  const samples = ndarray('float32', [count, ...parts[0]!.samples.shape.slice(1)])
  const labels = new Int32Array(count)
  let at = 0
  for (const part of parts) {
    samples.data.set(part.samples.data, (at * samples.data.length) / count)
    labels.set(part.labels, at)
    at += part.labels.length
  }
  return { samples, labels }
}

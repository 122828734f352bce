import type { DatasetDefinition, OpenDatasetOptions } from '../dataset-definition.ts'
import { greyImages } from '../images/grey-images.ts'
import { channelsOption, sizeOption } from '../images/image-options.ts'
import { planarSource } from '../images/planar-source.ts'
import { type OpenedDataset, openedDataset } from '../opened-dataset.ts'
import { FASHION_SIDE, fashionNames, readFashionMnist } from './fashion-mnist-files.ts'

const about = {
  gives: ['image', 'label'],
  source:
    "Xiao, Rasul and Vollgraf, Fashion-MNIST, 2017 (Debian's package 'dataset-fashion-mnist', or a download of 30 MB)",
  licence: 'MIT',
  options: [sizeOption(FASHION_SIDE), channelsOption(1)],
} as const

/** 60,000 articles of clothing, in the format and with the split of MNIST. */
export const fashionMnist: DatasetDefinition = {
  ...about,
  name: 'fashion-mnist',
  description: '60,000 articles of clothing, 28×28 grey, 10 classes',
  heldOut: () => 'fashion-mnist-test',
  open: (options) => open(fashionMnist, 'train', options),
}

/** The 10,000 articles that no training run sees, for metrics. */
export const fashionMnistTest: DatasetDefinition = {
  ...about,
  name: 'fashion-mnist-test',
  description: '10,000 articles of clothing that fashion-mnist lacks, for metrics',
  open: (options) => open(fashionMnistTest, 't10k', options),
}

async function open(
  definition: DatasetDefinition,
  prefix: 'train' | 't10k',
  { size = FASHION_SIDE, ...options }: OpenDatasetOptions,
): Promise<OpenedDataset> {
  const images = greyImages(await readFashionMnist(prefix, options), fashionNames)
  return openedDataset(definition, planarSource(images, size))
}

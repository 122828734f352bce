import type { DatasetDefinition, OpenDatasetOptions } from '../dataset-definition.ts'
import { channelsOption, sizeOption } from '../images/image-options.ts'
import { planarSource } from '../images/planar-source.ts'
import { type OpenedDataset, openedDataset } from '../opened-dataset.ts'
import { type CifarVersion, cifar10Version, cifar100Version } from './cifar-version.ts'
import { CIFAR_SIDE, readCifar } from './read-cifar.ts'

const about = {
  gives: ['image', 'label'],
  source:
    'Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009 (a download of 170 MB from cs.toronto.edu)',
  licence: 'no licence stated; the authors ask to be cited',
  options: [sizeOption(CIFAR_SIDE), channelsOption(3)],
} as const

/** 50,000 small photographs, 32×32 in colour, labels `airplane` … `truck`; the training split. */
export const cifar10: DatasetDefinition = {
  ...about,
  name: 'cifar10',
  description: '50,000 photographs, 32×32 in colour, 10 classes',
  heldOut: () => 'cifar10-test',
  open: (options) => open(cifar10, cifar10Version, 'train', options),
}

/** The 10,000 photographs that no training run sees, for metrics. */
export const cifar10Test: DatasetDefinition = {
  ...about,
  name: 'cifar10-test',
  description: '10,000 photographs that cifar10 lacks, for metrics',
  open: (options) => open(cifar10Test, cifar10Version, 'test', options),
}

/** 50,000 small photographs with the 100 fine labels; the training split. */
export const cifar100: DatasetDefinition = {
  ...about,
  name: 'cifar100',
  description: '50,000 photographs, 32×32 in colour, 100 classes',
  heldOut: () => 'cifar100-test',
  open: (options) => open(cifar100, cifar100Version, 'train', options),
}

/** The 10,000 photographs that no training run sees, for metrics. */
export const cifar100Test: DatasetDefinition = {
  ...about,
  name: 'cifar100-test',
  description: '10,000 photographs that cifar100 lacks, for metrics',
  open: (options) => open(cifar100Test, cifar100Version, 'test', options),
}

async function open(
  definition: DatasetDefinition,
  version: CifarVersion,
  split: 'train' | 'test',
  { size = CIFAR_SIDE, ...options }: OpenDatasetOptions,
): Promise<OpenedDataset> {
  return openedDataset(definition, planarSource(await readCifar(version, split, options), size))
}

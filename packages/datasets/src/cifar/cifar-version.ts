import type { RemoteFile } from '../download/fetch-file.ts'

/** How one of the two CIFAR sets is packed. */
export interface CifarVersion {
  readonly archive: RemoteFile
  /** Folder inside the archive. */
  readonly folder: string
  /** Label bytes before the pixels of a record; the last one is the class. */
  readonly labelBytes: 1 | 2
  /** File with the names of the classes, one a line. */
  readonly names: string
  readonly train: readonly string[]
  readonly test: readonly string[]
}

export const cifar10Version: CifarVersion = {
  archive: {
    url: 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
    md5: 'c32a1d4ab5d03f1284b67883e8d87530',
    folder: 'cifar',
  },
  folder: 'cifar-10-batches-bin',
  labelBytes: 1,
  names: 'batches.meta.txt',
  train: [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`),
  test: ['test_batch.bin'],
}

/** Records begin with the coarse label, of 20, and the fine one, of 100. */
export const cifar100Version: CifarVersion = {
  archive: {
    url: 'https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz',
    md5: '03b5dce01913d631647c71ecec9e9cb8',
    folder: 'cifar',
  },
  folder: 'cifar-100-binary',
  labelBytes: 2,
  names: 'fine_label_names.txt',
  train: ['train.bin'],
  test: ['test.bin'],
}

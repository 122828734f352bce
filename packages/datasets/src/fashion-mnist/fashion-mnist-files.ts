import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { storageError } from '@gantry/files'
import { type FetchOptions, fetchFile } from '../download/fetch-file.ts'
import { gunzip } from '../idx/gunzip.ts'
import { type IdxFile, type IdxSplit, readIdxSplit } from '../idx/idx-split.ts'

export const FASHION_SIDE = 28

export const fashionNames = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
] as const

/** Where Debian's package `dataset-fashion-mnist` puts the files; it packed them itself, so their checksums differ. */
const DEBIAN_FOLDER = '/usr/share/datasets/fashion-mnist'

const SERVER = 'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com'

/** The MD5 sums that the authors publish (github.com/zalandoresearch/fashion-mnist, README). */
export const fashionChecksums = {
  'train-images-idx3-ubyte.gz': '8d4fb7e6c68d591d4c3dfef9ec88bf0d',
  'train-labels-idx1-ubyte.gz': '25c81989df183df01b3e8a0aad5dffbe',
  't10k-images-idx3-ubyte.gz': 'bef4ecab320f06d8554ea6380940ec79',
  't10k-labels-idx1-ubyte.gz': 'bb300cfdad3c16e7a12a480ee83cd310',
} as const

export interface FashionPlaces {
  /** A folder that may hold the files already. */
  readonly installed?: string
  readonly checksums?: Readonly<Record<keyof typeof fashionChecksums, string>>
}

/**
 * Reads one split: from Debian's package where it is installed, else from the cache or the network.
 *
 * @throws DataError, StorageError or ConfigurationError as {@link fetchFile} and {@link readIdxSplit} do.
 */
export async function readFashionMnist(
  prefix: 'train' | 't10k',
  options: FetchOptions,
  { installed = DEBIAN_FOLDER, checksums = fashionChecksums }: FashionPlaces = {},
): Promise<IdxSplit> {
  const read = async (name: keyof typeof fashionChecksums): Promise<IdxFile> => {
    const there = join(installed, name)
    const found = await access(there).then(
      () => true,
      () => false,
    )
    const remote = { url: `${SERVER}/${name}`, md5: checksums[name], folder: 'fashion-mnist' }
    const path = found ? there : await fetchFile(remote, options)
    const bytes = await readFile(path).catch((cause) => {
      throw storageError('read', path, cause)
    })
    return { name: path, bytes: gunzip(bytes, path) }
  }
  // One after the other: the progress is that of one file.
  const images = await read(`${prefix}-images-idx3-ubyte.gz`)
  const labels = await read(`${prefix}-labels-idx1-ubyte.gz`)
  return readIdxSplit(images, labels, { side: FASHION_SIDE, classes: fashionNames.length })
}

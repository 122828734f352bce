import { greyImages } from '../images/grey-images.ts'
import { planarSource } from '../images/planar-source.ts'
import { type OpenedAs, type OpenedDataset, openedDataset } from '../opened-dataset.ts'
import { readIdxSplit } from './idx-split.ts'

/** Two unpacked IDX files in memory, as the MNIST family has them, and what is known of them. */
export interface IdxArrays extends Partial<Omit<OpenedAs, 'name' | 'mixture'>> {
  readonly name: string
  readonly images: Uint8Array
  readonly labels: Uint8Array
  /** Names of the classes. */
  readonly names: readonly string[]
  /** Side of the images in pixels; as they are by default. */
  readonly size?: number
}

/**
 * Makes a data set of grey images with labels of two IDX files in memory; in browsers too.
 *
 * @throws DataError `IDX_INVALID`, `IDX_TYPE_UNSUPPORTED`, `IDX_TRUNCATED`, `IMAGE_SHAPE_INVALID`, `LABEL_COUNT_MISMATCH`,
 * `LABEL_OUT_OF_RANGE`
 *
 * @example
 * ```ts
 * const [images, labels] = await Promise.all(
 *   ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte'].map(async (file) =>
 *     new Uint8Array(await (await fetch(`/mnist/${file}`)).arrayBuffer()),
 *   ),
 * )
 * const dataset = await datasetOfIdx({ name: 'mnist', images, labels, names: [...'0123456789'], size: 32 })
 * ```
 */
export async function datasetOfIdx({ name, images, labels, names, size, ...about }: IdxArrays): Promise<OpenedDataset> {
  const split = readIdxSplit(
    { name: `the images of ${name}`, bytes: images },
    { name: `the labels of ${name}`, bytes: labels },
    { classes: names.length },
  )
  const source = planarSource(greyImages(split, names), size ?? split.side)
  return openedDataset({ name, source: 'memory', licence: 'that of the data', ...about }, source)
}

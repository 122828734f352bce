import { labelColumn } from '../columns.ts'
import type { DatasetDefinition, OpenDatasetOptions } from '../dataset-definition.ts'
import { decodedSource } from '../images/decoded-source.ts'
import { formatOf } from '../images/encoded-image-options.ts'
import { skipList } from '../images/skip-list.ts'
import type { ClassLabels } from '../labels/class-labels.ts'
import { type OpenedAs, type OpenedDataset, openedDataset } from '../opened-dataset.ts'
import { readSlice, type Slice } from './read-slice.ts'

/** An encoded image inside a larger file. */
export interface ShardImage extends Slice {
  readonly path: string
  /** What a person finds it by, such as `train.parquet, row 3`. */
  name(): string
  /** Name of the shard, without the folder that it lies in. */
  readonly file: string
  /** What tells it from the other images of its shard. */
  readonly key: string
}

/** A data set of images inside shards, each read and decoded when it is needed. */
export function shardDataset(
  { licence }: Pick<DatasetDefinition, 'licence'>,
  images: readonly ShardImage[],
  labels: ClassLabels | undefined,
  { strict, ...options }: OpenDatasetOptions,
  opened: Omit<OpenedAs, 'licence'>,
): Promise<OpenedDataset> {
  const { skipped, onSkip } = skipList(strict, opened.skipped)
  const encoded = {
    size: images.length,
    ...(labels && { columns: { label: labelColumn(labels.names, labels.indices) } }),
    nameOf: (index: number) => images[index]!.name(),
    load: (index: number) => readSlice(images[index]!.path, images[index]!),
    signatureOf(index: number) {
      const { file, key, size } = images[index]!
      return `${file} ${key} ${size}`
    },
  }
  const source = decodedSource(encoded, {
    format: formatOf(options),
    unusable: 'SHARDS_UNUSABLE',
    onSkip,
  })
  return openedDataset({ ...opened, licence, skipped }, source)
}

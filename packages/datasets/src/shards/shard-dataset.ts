import type { DatasetDefinition, OpenDatasetOptions } from '../dataset-definition.ts'
import { decodedSource } from '../images/decoded-source.ts'
import { imageUnreadable } from '../images/image.ts'
import type { ClassLabels } from '../labels/class-labels.ts'
import { type OpenedAs, type OpenedDataset, openedDataset } from '../opened-dataset.ts'
import { readSlice, type Slice } from './read-slice.ts'

/** An encoded image inside a larger file. */
export interface ShardImage extends Slice {
  readonly path: string
  /** What a person finds it by, such as `train.parquet, row 3`. */
  name(): string
}

/** A data set of images inside shards, each read and decoded when it is needed. */
export function shardDataset(
  definition: DatasetDefinition,
  images: readonly ShardImage[],
  labels: ClassLabels | undefined,
  { size = 64, channels = 3, background, strict = false }: OpenDatasetOptions,
  opened: OpenedAs,
): OpenedDataset {
  const skipped = [...(opened.skipped ?? [])]
  const encoded = {
    size: images.length,
    ...(labels && { labels: labels.names, labelOf: (index: number) => labels.indices[index]! }),
    nameOf: (index: number) => images[index]!.name(),
    load: (index: number) => readSlice(images[index]!.path, images[index]!),
  }
  const source = decodedSource(encoded, {
    format: { size, channels, ...(background && { background }) },
    unusable: 'SHARDS_UNUSABLE',
    onSkip(name, reason) {
      if (strict) throw imageUnreadable(name, reason)
      skipped.push({ name, reason })
    },
  })
  return openedDataset(definition, source, { ...opened, skipped })
}

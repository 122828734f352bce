import { basename } from 'node:path'
import { counted, DataError } from '@gantry/core'
import type { DatasetDefinition, OpenDatasetOptions } from '../dataset-definition.ts'
import { encodedImageOptions } from '../images/encoded-image-options.ts'
import { imageUnreadable } from '../images/image.ts'
import { type ClassLabels, classLabels, type RawLabel } from '../labels/class-labels.ts'
import type { OpenedDataset } from '../opened-dataset.ts'
import { columnOptions } from '../shards/column-options.ts'
import { absoluteShards, findShards, type Shard } from '../shards/find-shards.ts'
import { shardDataset } from '../shards/shard-dataset.ts'
import { flagOf, shardEmpty } from '../shards/shard-errors.ts'
import { rowName, type UnpackedShard, unpackParquet } from './unpack-parquet.ts'

/** Tables of images, as Hugging Face's Hub and its `datasets` library store them. */
export const parquet: DatasetDefinition = {
  name: 'parquet',
  parameter: 'PATH',
  description:
    'Hugging Face style parquet files of PNG, JPEG or WebP images, local or http(s); labels from their column',
  gives: ['image', 'label'],
  source: 'the files',
  licence: 'that of the images',
  options: [...encodedImageOptions, ...columnOptions],
  absolute: absoluteShards,
  open,
}

type OpenedShard = Shard & { readonly unpacked: UnpackedShard }

async function open(options: OpenDatasetOptions, pattern: string): Promise<OpenedDataset> {
  const shards: OpenedShard[] = []
  const found = await findShards(pattern, ['.parquet'], options)
  for (const shard of found.shards) {
    const unpacked = await unpackParquet(shard, options)
    checkUsable(shard, unpacked, options)
    shards.push({ ...shard, unpacked })
  }
  const images = shards.flatMap(({ path: shardPath, name, unpacked: { path, rows, offsets } }) =>
    rows.map((row, index) => ({
      path,
      offset: offsets[index]!,
      size: offsets[index + 1]! - offsets[index]!,
      name: () => rowName({ path: shardPath, name }, row),
      file: basename(shardPath),
      key: String(row),
    })),
  )
  const labels = labelsOf(shards, (index) => images[index]!.name())
  return shardDataset(parquet, images, labels, options, {
    name: `parquet:${pattern}`,
    source: shards.length === 1 ? shards[0]!.name : `${pattern} (${counted(shards.length, 'shard')})`,
    skipped: [...found.leftOut, ...shards.flatMap(({ unpacked }) => unpacked.skipped)],
  })
}

function checkUsable({ name }: Shard, { rows, skipped }: UnpackedShard, { strict }: OpenDatasetOptions): void {
  const [first] = skipped
  if (first === undefined && rows.length === 0) throw shardEmpty(name, 'it has 0 rows')
  if (first === undefined) return
  if (strict) throw imageUnreadable(first.name, first.reason)
  if (rows.length > 0) return
  throw new DataError({
    code: 'SHARDS_UNUSABLE',
    message: `None of the ${counted(skipped.length, 'row')} of '${name}' has a usable image; the first ${first.reason}.`,
    fix: `Name another column with the option 'imageColumn' (${flagOf('imageColumn')}), or store the images themselves.`,
  })
}

/** Labels of all shards; a shard without the column counts as rows without a label. */
function labelsOf(shards: readonly OpenedShard[], placeOf: (index: number) => string): ClassLabels | undefined {
  if (shards.every(({ unpacked }) => unpacked.labels === undefined)) return undefined
  const raw = shards.flatMap<RawLabel>(({ unpacked: { labels, rows } }) => labels ?? rows.map(() => null))
  return classLabels(raw, placeOf, shards.find(({ unpacked }) => unpacked.classNames)?.unpacked.classNames)
}

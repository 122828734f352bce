import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { DatasetDescription } from '@gantry/core'
import { cacheFolder, storageError, TEMPORARY_SUFFIX, writeFileAtomically } from '@gantry/files'
import type { OpenDatasetOptions } from '../dataset-definition.ts'
import { looksLikeImage } from '../images/image.ts'
import type { RawLabel } from '../labels/class-labels.ts'
import type { Shard } from '../shards/find-shards.ts'
import { chooseColumns } from './parquet-columns.ts'
import { openParquet, readRows } from './read-rows.ts'

/** Changes when the unpacked form does. */
const FORMAT = 1

/** What is known of an unpacked shard: columns of its usable images. */
interface ShardIndex {
  /** Number of each row in the shard. */
  readonly rows: readonly number[]
  /** Where each image begins in the file of images, and where the last one ends. */
  readonly offsets: readonly number[]
  readonly labels?: readonly RawLabel[]
  readonly classNames?: readonly string[]
  readonly skipped: DatasetDescription['skipped']
}

export interface UnpackedShard extends ShardIndex {
  /** All images, one behind the other. */
  readonly path: string
}

/**
 * Writes the images of a shard, one behind the other, to a file of the cache, where each can be read on its own: inside
 * the parquet file they are compressed together, and a shuffled epoch would decompress each row group once an image.
 *
 * Done once; again when the file or the columns have changed.
 *
 * @throws DataError as {@link openParquet}, {@link chooseColumns} and {@link readRows} do; StorageError; the signal's
 * reason.
 */
export async function unpackParquet(shard: Shard, options: OpenDatasetOptions): Promise<UnpackedShard> {
  const base = await cacheName(shard, options)
  const path = `${base}.images`
  const known = await readFile(`${base}.json`, 'utf8').catch(() => undefined)
  if (known !== undefined) return { ...(JSON.parse(known) as ShardIndex), path }
  const temporary = `${path}.${process.pid}${TEMPORARY_SUFFIX}`
  try {
    await mkdir(dirname(path), { recursive: true })
    const index = await writeImages(shard, temporary, options)
    await rename(temporary, path)
    // The index comes last: it stands for a whole file of images.
    await writeFileAtomically(`${base}.json`, JSON.stringify(index))
    return { ...index, path }
  } catch (cause) {
    await rm(temporary, { force: true })
    options.signal?.throwIfAborted()
    throw storageError('write', path, cause)
  }
}

async function writeImages(shard: Shard, path: string, options: OpenDatasetOptions): Promise<ShardIndex> {
  const file = await openParquet(shard.path, shard.name)
  const columns = chooseColumns(file.metadata, shard.name, options)
  const total = Number(file.metadata.num_rows)
  const rows: number[] = []
  const offsets = [0]
  const labels: RawLabel[] = []
  const skipped: { name: string; reason: string }[] = []
  const sink = await open(path, 'w')
  try {
    let row = 0
    for await (const { image, label } of readRows(file, columns)) {
      options.signal?.throwIfAborted()
      const reason = typeof image === 'string' ? image : looksLikeImage(image) ? undefined : 'is no PNG, JPEG or WebP'
      if (reason === undefined) {
        await sink.writeFile(image)
        rows.push(row)
        labels.push(label)
        offsets.push(offsets.at(-1)! + image.length)
      } else {
        skipped.push({ name: rowName(shard, row), reason })
      }
      row++
      options.onProgress?.({ task: `unpacking ${shard.name}`, unit: 'rows', done: row, total })
    }
  } finally {
    await sink.close()
  }
  const { label, classNames } = columns
  return { rows, offsets, ...(label !== undefined && { labels }), ...(classNames && { classNames }), skipped }
}

/** What a person finds a row by. */
export function rowName({ name }: Shard, row: number): string {
  return `${name}, row ${row}`
}

/** The same for the same file and columns only. */
async function cacheName({ path, name }: Shard, { imageColumn, labelColumn }: OpenDatasetOptions): Promise<string> {
  const { size, mtimeMs } = await stat(path).catch((cause) => {
    throw storageError('read', path, cause)
  })
  const identity = JSON.stringify([FORMAT, path, name, size, mtimeMs, imageColumn ?? null, labelColumn ?? null])
  return join(cacheFolder('datasets'), 'parquet', createHash('sha256').update(identity).digest('hex').slice(0, 32))
}

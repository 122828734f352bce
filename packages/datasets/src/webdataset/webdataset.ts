import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { UnsupportedError } from '@gantry/core'
import { cacheFolder, kindOfFile } from '@gantry/files'
import type { DatasetDefinition, OpenDatasetOptions } from '../dataset-definition.ts'
import { encodedImageOptions } from '../images/encoded-image-options.ts'
import { imageUnreadable } from '../images/image.ts'
import type { LeftOut } from '../images/skip-list.ts'
import { type ClassLabels, classLabels } from '../labels/class-labels.ts'
import type { OpenedDataset } from '../opened-dataset.ts'
import { columnOptions } from '../shards/column-options.ts'
import { absoluteShards, findShards, type Shard } from '../shards/find-shards.ts'
import { shardDataset } from '../shards/shard-dataset.ts'
import { indexTar } from '../tar/index-tar.ts'
import { unpackGzip } from '../tar/unpack-gzip.ts'
import { groupSamples, unreadLabels } from './sample-files.ts'
import { areCaptions, findLabels, readLabels, type SampleShard } from './sample-labels.ts'

/** Tar shards as the WebDataset library writes them: `key.png` beside `key.cls`. */
export const webdataset: DatasetDefinition = {
  name: 'webdataset',
  parameter: 'PATH',
  description: 'WebDataset tar shards of PNG, JPEG or WebP images, local or http(s); labels from .cls, .json or .txt',
  gives: ['image', 'label'],
  source: 'the shards',
  licence: 'that of the images',
  options: [...encodedImageOptions, ...columnOptions],
  absolute: absoluteShards,
  open,
}

async function open(options: OpenDatasetOptions, pattern: string): Promise<OpenedDataset> {
  const { imageColumn, onProgress, signal, strict } = options
  const { shards: found, leftOut } = await findShards(pattern, ['.tar', '.tar.gz', '.tgz'], options)
  const shards: (SampleShard & { readonly file: string })[] = []
  const unusable: LeftOut[] = []
  for (const [index, shard] of found.entries()) {
    const path = await unpacked(shard, signal)
    const onLeftOut = (name: string, reason: string) => unusable.push({ name: nameIn(shard, name), reason })
    const grouped = groupSamples(await indexTar(path, shard.name, { signal, onLeftOut }), shard.name, imageColumn)
    unusable.push(...grouped.leftOut)
    if (options.labelColumn === undefined)
      unusable.push(...grouped.samples.flatMap((each) => unreadLabels(each, shard.name)))
    shards.push({ path, name: shard.name, file: basename(shard.path), samples: grouped.samples })
    onProgress?.({ task: 'reading the index of the shards', unit: 'files', done: index + 1, total: found.length })
  }
  const [first] = unusable
  if (strict && first !== undefined) throw imageUnreadable(first.name, first.reason)
  const images = shards.flatMap(({ path, name, file, samples }) =>
    samples.map(({ key, image: { offset, size } }) => ({
      path,
      offset,
      size,
      name: () => `${name}, sample ${key}`,
      file,
      key,
    })),
  )
  const labels = await labelsOf(shards, options, (index) => images[index]!.name())
  return shardDataset(webdataset, images, labels, options, {
    name: `webdataset:${pattern}`,
    source: found.length === 1 ? found[0]!.name : `${pattern} (${found.length} shards)`,
    skipped: [...leftOut, ...unusable],
  })
}

const nameIn = (shard: Shard, name: string) => (name === shard.name ? name : `${shard.name}: ${name}`)

async function labelsOf(
  shards: readonly SampleShard[],
  { labelColumn }: OpenDatasetOptions,
  placeOf: (index: number) => string,
): Promise<ClassLabels | undefined> {
  const place = await findLabels(shards[0]!, labelColumn)
  if (place === undefined) return undefined
  const raw = (await Promise.all(shards.map((shard) => readLabels(shard, place)))).flat()
  if (place.extension === 'txt' && labelColumn === undefined && areCaptions(raw)) return undefined
  return classLabels(raw, placeOf)
}

/**
 * A compressed shard cannot be read from the middle: it is unpacked to the cache, again when it has changed. Whether it is compressed
 * says what is in it: many a server unpacks what it sends, and leaves the name.
 */
async function unpacked({ path, name }: Shard, signal: AbortSignal | undefined): Promise<string> {
  const kind = await kindOfFile(path)
  if (kind in unpackers) throw notTar(name, kind, unpackers[kind]!)
  if (kind !== 'gzip') return path
  const { size, mtimeMs } = await stat(path)
  const key = createHash('sha256').update(`${path} ${size} ${mtimeMs} ${name}`).digest('hex').slice(0, 32)
  const target = join(cacheFolder('datasets'), 'unpacked', `${key}.tar`)
  await unpackGzip(path, target, signal)
  return target
}

/** What unpacks archives of other kinds, for advice. */
const unpackers: Readonly<Record<string, string>> = {
  zstandard: 'zstd -d',
  xz: 'xz -d',
  bzip2: 'bzip2 -d',
  zip: 'unzip',
  '7z': '7z x',
  rar: 'unrar x',
}

function notTar(name: string, kind: string, unpacker: string): UnsupportedError {
  const made = ['zip', '7z', 'rar'].includes(kind) ? "a folder: 'folder:PATH' reads its images" : 'a tar archive'
  return new UnsupportedError({
    code: 'ARCHIVE_UNSUPPORTED',
    message: `'${name}' is a ${kind} archive, but shards are tar archives, perhaps gzipped.`,
    fix: `Unpack it ('${unpacker} ${name}') into ${made}.`,
  })
}

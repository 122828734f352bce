import { basename, dirname } from 'node:path'
import { isImageName } from '../images/image.ts'
import { columnMissing, shardEmpty } from '../shards/shard-errors.ts'
import type { TarEntry } from '../tar/index-tar.ts'

/** The files of one sample: those that share a name up to its first dot. */
export interface SampleFiles {
  /** The shared part: `train/000017`. */
  readonly key: string
  readonly image: TarEntry
  /** All of them by what follows the dot, in lower case: `jpg`, `cls`, `seg.png`. */
  readonly files: ReadonlyMap<string, TarEntry>
}

/**
 * Groups the files of a shard into samples, in the order of the archive. The image of a sample is the file with the
 * extension `imageColumn`, else the first PNG, JPEG or WebP; samples without one are left out. Names that begin with a dot
 * or two underscores are no samples.
 *
 * @throws DataError `SHARD_EMPTY`, `COLUMN_MISSING`
 */
export function groupSamples(entries: readonly TarEntry[], name: string, imageColumn?: string): SampleFiles[] {
  const groups = new Map<string, Map<string, TarEntry>>()
  for (const entry of entries) {
    const file = basename(entry.name)
    const dot = file.indexOf('.')
    if (dot <= 0 || file.startsWith('__')) continue
    const folder = dirname(entry.name)
    const key = folder === '.' ? file.slice(0, dot) : `${folder}/${file.slice(0, dot)}`
    if (!groups.has(key)) groups.set(key, new Map())
    groups.get(key)!.set(file.slice(dot + 1).toLowerCase(), entry)
  }
  const samples = [...groups].flatMap(([key, files]) => {
    const image = imageColumn === undefined ? firstImage(files) : files.get(imageColumn)
    return image === undefined ? [] : [{ key, image, files }]
  })
  if (samples.length > 0) return samples
  const extensions = [...new Set([...groups.values()].flatMap((files) => [...files.keys()].map((each) => `.${each}`)))]
  if (imageColumn !== undefined && extensions.length > 0) {
    throw columnMissing(`'${name}'`, `'.${imageColumn}' file`, extensions, 'imageColumn')
  }
  throw shardEmpty(
    name,
    `it has ${entries.length} files${extensions.length > 0 ? `, of ${extensions.join(', ')}` : ''}`,
  )
}

function firstImage(files: ReadonlyMap<string, TarEntry>): TarEntry | undefined {
  for (const [extension, entry] of files) if (isImageName(`x.${extension}`)) return entry
  return undefined
}

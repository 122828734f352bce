import { basename, dirname } from 'node:path'
import { counted } from '@gantry/core'
import { isImageName } from '../images/image.ts'
import type { LeftOut } from '../images/skip-list.ts'
import { unreadReason } from '../images/unread-name.ts'
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

export interface GroupedSamples {
  readonly samples: readonly SampleFiles[]
  /** Pictures that are no sample's, and what belongs to none. */
  readonly leftOut: readonly LeftOut[]
}

/** Extensions that messages name; names with many dots have one each. */
const NAMED = 8

/**
 * Groups the files of a shard into samples, in the order of the archive. The image of a sample is the file with the
 * extension `imageColumn`, else the first PNG, JPEG or WebP. Names that begin with a dot or two underscores are no samples.
 *
 * @throws DataError `SHARD_EMPTY`, `COLUMN_MISSING`
 */
export function groupSamples(entries: readonly TarEntry[], name: string, imageColumn?: string): GroupedSamples {
  const { groups, leftOut } = grouped(entries)
  const samples: SampleFiles[] = []
  const without: ReadonlyMap<string, TarEntry>[] = []
  for (const [key, files] of groups) {
    const image = imageColumn === undefined ? firstImage(files) : files.get(imageColumn)
    if (image === undefined) without.push(files)
    else samples.push({ key, image, files })
  }
  if (samples.length === 0) throw nothingThere(entries, groups, name, imageColumn)
  const known = new Set(samples.flatMap(({ files }) => [...files.keys()]))
  leftOut.push(...without.flatMap((files) => orphans(files, known)))
  if (imageColumn === undefined) leftOut.push(...samples.flatMap(fallenTogether))
  return { samples, leftOut: leftOut.map((each) => ({ ...each, name: `${name}: ${each.name}` })) }
}

function grouped(entries: readonly TarEntry[]): { groups: Map<string, Map<string, TarEntry>>; leftOut: LeftOut[] } {
  const groups = new Map<string, Map<string, TarEntry>>()
  const leftOut: LeftOut[] = []
  for (const entry of entries) {
    const file = basename(entry.name)
    const dot = file.indexOf('.')
    if (dot <= 0 || file.startsWith('__')) continue
    const folder = dirname(entry.name)
    const key = folder === '.' ? file.slice(0, dot) : `${folder}/${file.slice(0, dot)}`
    if (!groups.has(key)) groups.set(key, new Map())
    const group = groups.get(key)!
    const extension = file.slice(dot + 1).toLowerCase()
    const before = group.get(extension)
    if (before !== undefined) leftOut.push({ name: before.name, reason: 'stands in it twice: the later one counts' })
    group.set(extension, entry)
  }
  return { groups, leftOut }
}

/** Files without a picture that is read: the picture that is not, else what samples of this shard have beside theirs. */
function orphans(files: ReadonlyMap<string, TarEntry>, known: ReadonlySet<string>): LeftOut[] {
  const named = [...files].flatMap(([extension, { name }]) => {
    const reason = unreadReason(`x.${extension}`)
    return reason === undefined ? [] : [{ name, reason }]
  })
  if (named.length > 0) return named
  const beside = [...files].find(([extension]) => known.has(extension))
  return beside === undefined ? [] : [{ name: beside[1].name, reason: 'has no image beside it' }]
}

/**
 * Pictures that are lost beside the one of their sample. `photo.jpg` may have parts, `photo.seg.png`; but `photo.1.jpg` and
 * `photo.2.jpg` are two pictures whose names have dots.
 */
function fallenTogether({ image, files }: SampleFiles): LeftOut[] {
  const pictures = [...files].filter(([extension]) => isImageName(`x.${extension}`))
  const isPart = (extension: string) => /^[a-z]+([-_][a-z]+)*\.[^.]+$/.test(extension)
  const plain = pictures.some(([extension, entry]) => entry === image && !extension.includes('.'))
  return pictures.flatMap(([extension, { name }]) =>
    files.get(extension) === image || (plain && isPart(extension))
      ? []
      : [
          {
            name,
            reason: `is of the same sample as ${basename(image.name)}: they share their name up to its first dot; name the one to read with the option 'imageColumn' ('--image-column')`,
          },
        ],
  )
}

/** Labels of pictures whose names have dots, which are not found: `photo.1.cls` is the file `1.cls` of the sample `photo`. */
export function unreadLabels({ key, files }: SampleFiles, shard: string): LeftOut[] {
  if (files.has('cls')) return []
  return [...files]
    .filter(([extension]) => extension.endsWith('.cls'))
    .map(([extension, { name }]) => ({
      name: `${shard}: ${name}`,
      reason: `is not read as a label: names of samples end at their first dot, so it is the file '.${extension}' of the sample '${key}'; rename it, or name it with the option 'labelColumn' ('--label-column')`,
    }))
}

function firstImage(files: ReadonlyMap<string, TarEntry>): TarEntry | undefined {
  for (const [extension, entry] of files) if (isImageName(`x.${extension}`)) return entry
  return undefined
}

function nothingThere(
  entries: readonly TarEntry[],
  groups: ReadonlyMap<string, ReadonlyMap<string, TarEntry>>,
  name: string,
  imageColumn: string | undefined,
) {
  const all = [...new Set([...groups.values()].flatMap((files) => [...files.keys()].map((each) => `.${each}`)))]
  const extensions = all.length > NAMED ? [...all.slice(0, NAMED), '…'] : all
  if (imageColumn !== undefined && extensions.length > 0) {
    return columnMissing(`'${name}'`, `'.${imageColumn}' file`, extensions, 'imageColumn')
  }
  return shardEmpty(
    name,
    `it has ${counted(entries.length, 'file')}${extensions.length > 0 ? `, of ${extensions.join(', ')}` : ''}`,
  )
}

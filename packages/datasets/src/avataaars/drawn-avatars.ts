import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder, makeFolder, writeFileAtomically } from '@gantry/files'
import sharp from 'sharp'
import type { OpenDatasetOptions } from '../dataset-definition.ts'
import { mapConcurrently } from '../map-concurrently.ts'
import { readSlice, type Slice } from '../shards/read-slice.ts'
import type { AvatarStyle } from './avatar-style.ts'

/** Faces that are drawn and written together: what an interruption costs at most. */
const PART = 1000

/** Pictures that are drawn side by side: sharp has threads of its own. */
const CONCURRENT = 4

/** Faces as PNG, as they lie in the cache. */
export interface DrawnAvatars {
  /** Bytes of each picture. */
  readonly sizes: readonly number[]
  /** Classes of each face, by attribute. */
  readonly labels: readonly (readonly number[])[]
  load(index: number): Promise<Uint8Array>
}

/** What is known of the pictures of a part, beside the pictures. */
interface PartIndex {
  readonly sizes: readonly number[]
  readonly labels: readonly (readonly number[])[]
}

interface Part extends PartIndex {
  /** Of the file that holds its pictures, one after the other. */
  readonly path: string
}

/** What is drawn. */
export interface AvatarsToDraw {
  readonly style: AvatarStyle
  readonly count: number
  readonly side: number
}

/**
 * Draws faces once: they are kept in the cache, part by part, so that a drawing that was interrupted goes on where it was.
 *
 * @throws StorageError where the cache cannot be written
 */
export async function drawnAvatars(
  { style, count, side }: AvatarsToDraw,
  { onProgress, signal }: Pick<OpenDatasetOptions, 'onProgress' | 'signal'>,
): Promise<DrawnAvatars> {
  const folder = join(cacheFolder('datasets'), 'avataaars', `${await appearance(style)}-${side}`)
  await makeFolder(folder)
  const task = `drawing faces of ${side} pixels`
  const parts: Part[] = []
  for (let first = 0; first < count; first += PART) {
    const wanted = { style, side, first, count: Math.min(PART, count - first) }
    parts.push((await readPart(folder, wanted)) ?? (await drawPart(folder, wanted, signal)))
    onProgress?.({ task, unit: 'files', done: first + wanted.count, total: count })
  }
  const slices = parts.map(({ sizes }) => slicesOf(sizes))
  return {
    sizes: parts.flatMap(({ sizes }) => sizes),
    labels: parts.flatMap(({ labels }) => labels),
    load: (index) => readSlice(parts[Math.floor(index / PART)]!.path, slices[Math.floor(index / PART)]![index % PART]!),
  }
}

/**
 * What tells drawings from others: how the packages draw the first face, and what the numbers beside pictures mean, which are places in
 * these lists.
 */
async function appearance({ draw, attributes }: AvatarStyle): Promise<string> {
  const meaning = attributes.map(({ name, names }) => [name, names])
  const bytes = new TextEncoder().encode(JSON.stringify([draw(0, 1).svg, meaning]))
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Buffer.from(digest).toString('hex').slice(0, 12)
}

interface WantedPart {
  readonly style: AvatarStyle
  readonly side: number
  readonly first: number
  readonly count: number
}

const pathOf = (folder: string, { first, count }: WantedPart) => join(folder, `${first}-${first + count - 1}`)

/** A part that is whole: its index is written last, and tells how long the pictures are. */
async function readPart(folder: string, wanted: WantedPart): Promise<Part | undefined> {
  const path = pathOf(folder, wanted)
  try {
    const index = JSON.parse(await readFile(`${path}.json`, 'utf8')) as PartIndex
    const { size } = await stat(`${path}.png`)
    const isWhole = index.sizes.length === wanted.count && index.labels.length === wanted.count
    return isWhole && size === index.sizes.reduce((sum, each) => sum + each)
      ? { ...index, path: `${path}.png` }
      : undefined
  } catch {
    return undefined
  }
}

async function drawPart(folder: string, wanted: WantedPart, signal: AbortSignal | undefined): Promise<Part> {
  const { style, side, first, count } = wanted
  const indices = Array.from({ length: count }, (_, place) => first + place)
  const drawn = await mapConcurrently(
    indices,
    CONCURRENT,
    async (index) => {
      const { svg, labels } = style.draw(index, side)
      return { labels, png: await sharp(Buffer.from(svg)).png().toBuffer() }
    },
    signal,
  )
  const path = pathOf(folder, wanted)
  const index: PartIndex = { sizes: drawn.map(({ png }) => png.length), labels: drawn.map(({ labels }) => labels) }
  await writeFileAtomically(`${path}.png`, Buffer.concat(drawn.map(({ png }) => png)))
  await writeFileAtomically(`${path}.json`, JSON.stringify(index))
  return { ...index, path: `${path}.png` }
}

/** Where pictures lie that follow each other. */
function slicesOf(sizes: readonly number[]): readonly Slice[] {
  let offset = 0
  return sizes.map((size) => {
    const slice = { offset, size }
    offset += size
    return slice
  })
}

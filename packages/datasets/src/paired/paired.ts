import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigurationError } from '@gantry/core'
import { isFolder } from '@gantry/files'
import { absolutePath } from '../absolute-path.ts'
import type { DatasetDefinition, OpenDatasetOptions } from '../dataset-definition.ts'
import { domainFolders } from '../folder/domain-folders.ts'
import { heldOutFolder } from '../folder/held-out-folder.ts'
import { type FolderImage, scanFolder } from '../folder/scan-folder.ts'
import { decodedSource } from '../images/decoded-source.ts'
import { encodedImageOptions, formatOf } from '../images/encoded-image-options.ts'
import { sidesOf } from '../images/image.ts'
import { type LeftOut, skipList } from '../images/skip-list.ts'
import { mapConcurrently } from '../map-concurrently.ts'
import { type OpenedDataset, openedDataset } from '../opened-dataset.ts'
import { type Pair, pairFiles } from './pair-files.ts'

/** Pictures of two folders that belong together by their names. */
export const paired: DatasetDefinition = {
  name: 'paired',
  parameter: 'A,B',
  description: 'pictures of two folders that are called alike: what one is made of, and what is made of it',
  gives: ['a', 'b'],
  source: 'the folders',
  licence: "that of the folders' images",
  options: encodedImageOptions,
  standsFor(path) {
    const folders = isFolder(absolutePath(path)) ? domainFolders(path) : undefined
    return folders && `paired:${folders.join(',')}`
  },
  absolute: (paths) => (isFolder(absolutePath(paths)) ? absolutePath(paths) : pairedFolders(paths).join(',')),
  heldOut(paths) {
    const beside = pairedFolders(paths).map(heldOutFolder)
    return beside.every((folder) => folder !== undefined) ? `paired:${beside.join(',')}` : undefined
  },
  open,
}

const CONCURRENT_FILES = 16

async function open(options: OpenDatasetOptions, paths: string): Promise<OpenedDataset> {
  const [rootA, rootB] = pairedFolders(paths)
  const format = formatOf(options)
  const a = await scanFolder(rootA, format, options)
  const b = await scanFolder(rootB, format, options)
  const { pairs, leftOut } = pairFiles([a.images, b.images], [rootA, rootB])
  const placed = {
    a: (image: FolderImage) => join(rootA, image.path),
    b: (image: FolderImage) => join(rootB, image.path),
  }
  const alike = await pairsOfOneShape(pairs, placed, { own: format.loadSize === 'own', signal: options.signal })
  const { skipped, onSkip } = skipList(options.strict, [...a.skipped, ...b.skipped, ...leftOut, ...alike.leftOut])
  const side = (index: number, name: string) => alike.pairs[index]![name as keyof Pair]
  const source = decodedSource(
    {
      size: alike.pairs.length,
      fields: ['a', 'b'],
      nameOf: (index, name) => side(index, name).path,
      load: (index, name) => placed[name as keyof Pair](side(index, name)),
      signatureOf: (index, name) => `${side(index, name).path} ${side(index, name).bytes}`,
    },
    { format, onSkip, unusable: 'FOLDER_UNUSABLE' },
  )
  return openedDataset(
    { name: `paired:${paths}`, source: `${rootA}; ${rootB}`, licence: paired.licence, skipped },
    source,
  )
}

/**
 * Both are cropped alike: of two shapes, or of two sizes where they stay as large as they are, they would show two parts of what they
 * have in common.
 */
async function pairsOfOneShape(
  pairs: readonly Pair[],
  placed: Readonly<Record<keyof Pair, (image: FolderImage) => string>>,
  { own, signal }: { readonly own: boolean; readonly signal: AbortSignal | undefined },
): Promise<{ pairs: readonly Pair[]; leftOut: readonly LeftOut[] }> {
  const compare = async ({ a, b }: Pair) => {
    const [left, right] = [await sidesOf(placed.a(a)), await sidesOf(placed.b(b))]
    const [wider, higher] = [left.width / right.width, left.height / right.height]
    const alike = own ? wider === 1 && higher === 1 : Math.abs(wider / higher - 1) < 0.01
    return alike
      ? undefined
      : { name: a.path, reason: `is ${left.width}×${left.height}, but its other half ${right.width}×${right.height}` }
  }
  const problems = await mapConcurrently(pairs, CONCURRENT_FILES, compare, signal)
  return {
    pairs: pairs.filter((_, index) => problems[index] === undefined),
    leftOut: problems.filter((problem) => problem !== undefined),
  }
}

/**
 * The two folders of `paired:A,B`, as absolute paths: cut at the comma that stands between two that are there, since their names may
 * have commas, too.
 *
 * @throws ConfigurationError `PAIRED_INVALID`
 */
function pairedFolders(text: string): readonly [string, string] {
  const commas = [...text.matchAll(/,/g)].map(({ index }) => index)
  const cuts = commas.map(
    (comma) => [text.slice(0, comma), text.slice(comma + 1)].map(absolutePath) as [string, string],
  )
  const there = cuts.filter((folders) => folders.every((folder) => existsSync(folder)))
  const [only = cuts.length === 1 ? cuts[0] : undefined, second] = there
  if (only !== undefined && second === undefined) return only
  throw new ConfigurationError({
    code: 'PAIRED_INVALID',
    message:
      second === undefined
        ? `'paired:${text}' should name two folders with a comma between them, but no comma of it stands between two that are there.`
        : `'paired:${text}' can be cut into two folders in ${there.length} ways.`,
    fix: "Write it like paired:photos/outlines,photos/objects, or name one folder that has both, called 'trainA' and 'trainB', or 'A' and 'B'.",
  })
}

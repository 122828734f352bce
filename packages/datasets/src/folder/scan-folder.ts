import { access, constants, stat } from 'node:fs/promises'
import { extname, isAbsolute, join, resolve } from 'node:path'
import { DataError, type DatasetDescription } from '@gantry/core'
import { suggestedPath } from '@gantry/files'
import type { OpenDatasetOptions } from '../dataset-definition.ts'
import { type ImageFormat, imageUnreadable, inspectImage, isImageName } from '../images/image.ts'
import { unreadReason } from '../images/unread-name.ts'
import { mapConcurrently } from '../map-concurrently.ts'
import { trainingSplit } from '../shards/split.ts'
import { type FoundFile, walkFiles } from './walk-files.ts'

/** Headers read at the same time: enough to hide the latency of a network disk. */
const CONCURRENT_FILES = 16

/** One image of a folder. */
export interface FolderImage {
  /** Relative to the folder, with forward slashes. */
  readonly path: string
  /** Length in bytes. */
  readonly bytes: number
}

export interface FolderScan {
  /** Usable images, in their fixed order. */
  readonly images: readonly FolderImage[]
  /** The folder, up to its slash, whose sub-folders are classes: that of the training split; empty for the root. */
  readonly classesIn: string
  readonly skipped: DatasetDescription['skipped']
}

/**
 * Finds the images below a folder and reads their headers.
 *
 * @throws DataError `FOLDER_NOT_FOUND` (also for a folder that may not be read), `FOLDER_NOT_A_DIRECTORY`, `FOLDER_EMPTY` without images,
 * `FOLDER_UNUSABLE` when no image can be used, and `IMAGE_UNREADABLE` for the first such image when `strict`.
 */
export async function scanFolder(
  root: string,
  format: ImageFormat,
  { strict = false, onProgress, signal }: OpenDatasetOptions,
): Promise<FolderScan> {
  await checkDirectory(root)
  const { files: found, folder, leftOut } = trainingSplit(await findImages(root, signal), ({ path }) => path, 'folders')
  let done = 0
  const inspect = async ({ path, problem }: FoundFile) => {
    const reason = problem ?? (await inspectImage(join(root, path), format))
    const bytes = reason === undefined ? (await stat(join(root, path))).size : 0
    onProgress?.({ task: 'checking images', unit: 'files', done: ++done, total: found.length })
    return { path, reason, bytes }
  }
  const inspected = await mapConcurrently(found, CONCURRENT_FILES, inspect, signal)
  const skipped = inspected.flatMap(({ path, reason }) => (reason === undefined ? [] : [{ name: path, reason }]))
  const images = inspected.filter(({ reason }) => reason === undefined)
  const [first] = skipped
  if (strict && first !== undefined) throw imageUnreadable(join(root, first.name), first.reason)
  if (first !== undefined && images.length === 0) {
    throw new DataError({
      code: 'FOLDER_UNUSABLE',
      message:
        skipped.length === 1
          ? `The only image in '${root}', '${first.name}', cannot be used: it ${first.reason}.`
          : `None of the ${skipped.length} images in '${root}' can be used; the first, '${first.name}', ${first.reason}.`,
    })
  }
  return { images, classesIn: folder, skipped: [...skipped, ...leftOut] }
}

function wayTo(root: string): string {
  const meant = suggestedPath(root)
  if (meant !== undefined || isAbsolute(root)) return meant ?? 'Check the path.'
  return `Paths are taken from the folder that the command runs in: here it would be '${resolve(root)}'.`
}

async function checkDirectory(root: string): Promise<void> {
  const openable = async () => {
    await access(root, constants.R_OK)
    return stat(root)
  }
  const status = await openable().catch((cause: NodeJS.ErrnoException) => {
    const isMissing = cause.code === 'ENOENT'
    throw new DataError({
      code: 'FOLDER_NOT_FOUND',
      message: `The folder '${root}' cannot be opened: ${isMissing ? 'there is no such path' : cause.message}.`,
      fix: isMissing ? wayTo(root) : 'Give this user the right to read it, or name another.',
      cause,
    })
  })
  if (!status.isDirectory()) {
    throw new DataError({
      code: 'FOLDER_NOT_A_DIRECTORY',
      message: `'${root}' is a file, but a folder of images is needed.`,
      fix: 'Name the folder that it lies in.',
    })
  }
}

/** Images, and what someone may take for one; `FOLDER_EMPTY` where there is none that could be read. */
async function findImages(root: string, signal: AbortSignal | undefined): Promise<FoundFile[]> {
  const images: FoundFile[] = []
  const others = new Map<string, number>()
  let readable = false
  for await (const file of walkFiles(root)) {
    signal?.throwIfAborted()
    const problem = file.problem ?? unreadReason(file.path)
    readable ||= isImageName(file.path) || file.problem !== undefined
    if (isImageName(file.path)) images.push(file)
    else if (problem !== undefined) images.push({ ...file, problem })
    if (!isImageName(file.path)) others.set(extname(file.path), (others.get(extname(file.path)) ?? 0) + 1)
  }
  if (readable) return images
  const instead = [...others].map(([extension, count]) => `${count} ${extension || 'without extension'}`)
  throw new DataError({
    code: 'FOLDER_EMPTY',
    message: `'${root}' holds no .png, .jpg, .jpeg or .webp file, ${instead.length > 0 ? `only ${instead.join(', ')}` : 'and no other'}.`,
    fix: instead.length > 0 ? 'Convert them to one of these, or name another folder.' : 'Name another folder.',
  })
}

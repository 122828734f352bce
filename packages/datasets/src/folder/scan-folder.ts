import { access, constants, stat } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import { DataError, type DatasetDescription } from '@gantry/core'
import type { OpenDatasetOptions } from '../dataset-definition.ts'
import { type ImageFormat, imageUnreadable, inspectImage, isImageName } from '../images/image.ts'
import { mapConcurrently } from '../map-concurrently.ts'
import type { FolderImage } from './folder-source.ts'
import { type FoundFile, walkFiles } from './walk-files.ts'

/** Headers read at the same time: enough to hide the latency of a network disk. */
const CONCURRENT_FILES = 16

export interface FolderScan {
  /** Usable images, in their fixed order. */
  readonly images: readonly FolderImage[]
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
  const found = await findImages(root, signal)
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
      message: `None of the ${skipped.length} images in '${root}' can be used; the first, '${first.name}', ${first.reason}.`,
    })
  }
  return { images, skipped }
}

async function checkDirectory(root: string): Promise<void> {
  const openable = async () => {
    await access(root, constants.R_OK)
    return stat(root)
  }
  const status = await openable().catch((cause: NodeJS.ErrnoException) => {
    throw new DataError({
      code: 'FOLDER_NOT_FOUND',
      message: `The folder '${root}' cannot be opened: ${cause.code === 'ENOENT' ? 'there is no such path' : cause.message}.`,
      fix:
        cause.code === 'ENOENT'
          ? `Paths are taken from the folder that the command runs in: here it would be '${resolve(root)}'.`
          : 'Give this user the right to read it, or name another.',
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

async function findImages(root: string, signal: AbortSignal | undefined): Promise<FoundFile[]> {
  const images: FoundFile[] = []
  const others = new Map<string, number>()
  for await (const file of walkFiles(root)) {
    signal?.throwIfAborted()
    if (isImageName(file.path) || file.problem !== undefined) images.push(file)
    else others.set(extname(file.path), (others.get(extname(file.path)) ?? 0) + 1)
  }
  if (images.length > 0) return images
  const instead = [...others].map(([extension, count]) => `${count} ${extension || 'without extension'}`)
  throw new DataError({
    code: 'FOLDER_EMPTY',
    message: `'${root}' holds no .png, .jpg, .jpeg or .webp file, only ${instead.join(', ') || 'nothing at all'}.`,
  })
}

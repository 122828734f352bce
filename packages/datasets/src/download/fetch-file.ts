import { basename, join } from 'node:path'
import { ConfigurationError, DataError, GantryError } from '@gantry/core'
import { cacheFolder, download } from '@gantry/files'
import type { OpenDatasetOptions } from '../dataset-definition.ts'

/** A file of a data set, where its authors publish it. */
export interface RemoteFile {
  readonly url: string
  readonly md5: string
  /** Its folder in the cache, and at a mirror. */
  readonly folder: string
}

/** What opening tells, and is stopped by. */
export type FetchOptions = Pick<OpenDatasetOptions, 'onProgress' | 'signal'>

/** Where a file of a data set lies once it was fetched. */
export function cachedPath({ folder, url }: Pick<RemoteFile, 'folder' | 'url'>): string {
  return join(cacheFolder('datasets'), folder, fileName(url))
}

/**
 * Fetches a file, or finds it in the cache; a broken download goes on where it stopped. `$GANTRY_MIRROR` names a server to
 * ask instead of the authors': its folders are those of the cache.
 *
 * @returns its path
 * @throws ConfigurationError `MIRROR_INVALID`; DataError and StorageError as `download` of @gantry/files does.
 */
export async function fetchFile(file: RemoteFile, options: FetchOptions): Promise<string> {
  const path = cachedPath(file)
  const url = mirrored(file, process.env.GANTRY_MIRROR)
  await fetchTo(url, path, options, file.md5)
  return path
}

/** Downloads to a path of the cache, and says what else can be done when that fails. */
export async function fetchTo(
  url: string,
  path: string,
  { onProgress, signal }: FetchOptions,
  md5?: string,
): Promise<void> {
  const task = `downloading ${fileName(url)}`
  try {
    await download(url, {
      path,
      ...(md5 !== undefined && { md5 }),
      ...(onProgress && { onProgress: (done, total) => onProgress({ task, unit: 'bytes', done, total }) }),
      ...(signal && { signal }),
    })
  } catch (cause) {
    if (!GantryError.isInstance(cause) || !/^DOWNLOAD_(REFUSED|FAILED)$/.test(cause.code)) throw cause
    throw new DataError({
      code: cause.code,
      message: cause.message,
      fix: `Or put the file at '${path}', from wherever you have it.`,
      cause,
    })
  }
}

/** The last part of a URL's path. */
function fileName(url: string): string {
  return decodeURIComponent(basename(new URL(url).pathname))
}

function mirrored({ url, folder }: RemoteFile, mirror: string | undefined): string {
  if (!mirror) return url
  if (!/^https?:$/.test(URL.canParse(mirror) ? new URL(mirror).protocol : '')) {
    throw new ConfigurationError({
      code: 'MIRROR_INVALID',
      message: `GANTRY_MIRROR is '${mirror}', but a mirror is an address such as 'https://example.org/datasets'.`,
    })
  }
  return `${mirror.replace(/\/+$/, '')}/${folder}/${basename(new URL(url).pathname)}`
}

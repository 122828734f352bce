import { createHash } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, sep } from 'node:path'
import { ConfigurationError, DataError } from '@gantry/core'
import { absolutePath } from '../absolute-path.ts'
import { cachedPath, type FetchOptions, fetchTo } from '../download/fetch-file.ts'
import { walkFiles } from '../folder/walk-files.ts'
import type { LeftOut } from '../images/skip-list.ts'
import { unreadReason } from '../images/unread-name.ts'
import { exists } from '../tar/unpack-gzip.ts'
import { expandBraces } from './expand-braces.ts'
import { trainingSplit } from './split.ts'

export interface FoundShards {
  readonly shards: readonly Shard[]
  /** Of a folder: archives of another kind, and other splits. */
  readonly leftOut: readonly LeftOut[]
}

/** One file of a data set that is cut into pieces. */
export interface Shard {
  readonly path: string
  /** What the user called it: a path or an address. */
  readonly name: string
}

/**
 * Finds the files that a path, a pattern or an address stands for, in the order of their names: a file, all files of a
 * kind below a folder, `*` and `?` in the last part of a path, and braces. What lies at `http://` or `https://` is
 * downloaded once, to the cache.
 *
 * @param extensions of the files to look for in a folder, with their dots
 * @throws DataError `SHARDS_NOT_FOUND`, or as a download does; ConfigurationError `SHARDS_TOO_MANY`, `URL_INVALID`.
 */
export async function findShards(
  pattern: string,
  extensions: readonly string[],
  options: FetchOptions,
): Promise<FoundShards> {
  // A name that exists is meant literally, whatever characters it has.
  const literal = !isAddress(pattern) && (await exists(absolutePath(pattern)))
  const parts: FoundShards[] = []
  for (const name of literal ? [pattern] : expandBraces(pattern)) {
    parts.push(
      isAddress(name)
        ? { shards: [await fetchShard(name, options)], leftOut: [] }
        : await findFiles(absolutePath(name), extensions),
    )
  }
  return { shards: parts.flatMap(({ shards }) => shards), leftOut: parts.flatMap(({ leftOut }) => leftOut) }
}

/** A path that is the same in any working directory; addresses, and braces around whole paths, stay as they are. */
export function absoluteShards(pattern: string): string {
  return isAddress(pattern) || pattern.startsWith('{') ? pattern : absolutePath(pattern)
}

function isAddress(name: string): boolean {
  return /^https?:\/\//i.test(name)
}

/** Nothing is known of the file but its address: what the cache has of it is taken for whole and unchanged. */
async function fetchShard(url: string, options: FetchOptions): Promise<Shard> {
  if (!URL.canParse(url)) {
    throw new ConfigurationError({ code: 'URL_INVALID', message: `'${url}' is no address.` })
  }
  const path = cachedPath({ url, folder: join('shards', createHash('sha256').update(url).digest('hex').slice(0, 16)) })
  if (!(await exists(path))) await fetchTo(url, path, options)
  return { path, name: url }
}

async function findFiles(path: string, extensions: readonly string[]): Promise<FoundShards> {
  const status = await stat(path).catch(() => undefined)
  if (status?.isFile()) return { shards: [{ path, name: path }], leftOut: [] }
  const isWanted = (name: string) => extensions.some((extension) => name.toLowerCase().endsWith(extension))
  const found = status === undefined ? await matching(path) : await below(path)
  const files = status === undefined ? found : found.filter(isWanted)
  if (files.length > 0)
    return status === undefined ? { shards: files.map(shardAt), leftOut: [] } : ofFolder(found, files)
  const others = [...new Set(found.map((file) => extname(file) || 'files without extension'))]
  throw new DataError({
    code: 'SHARDS_NOT_FOUND',
    message:
      status === undefined
        ? `There is no file '${path}'.`
        : `'${path}' holds no ${extensions.join(' or ')} file, ${others.length > 0 ? `only ${others.join(', ')}` : 'and no other'}.`,
  })
}

const shardAt = (path: string): Shard => ({ path, name: path })

/** A folder stands for its training split; other archives in it may hold samples that someone misses. */
function ofFolder(found: readonly string[], wanted: readonly string[]): FoundShards {
  const { files, leftOut } = trainingSplit(wanted, (path) => path.replaceAll(sep, '/'), 'shards')
  const isWanted = new Set(wanted)
  const others = found
    .filter((file) => !isWanted.has(file))
    .flatMap((name) => {
      const reason = unreadReason(name)
      return reason === undefined ? [] : [{ name, reason }]
    })
  return { shards: files.map(shardAt), leftOut: [...others, ...leftOut] }
}

async function below(folder: string): Promise<string[]> {
  const files: string[] = []
  for await (const { path, problem } of walkFiles(folder)) if (problem === undefined) files.push(join(folder, path))
  return files
}

/** Files whose name matches the `*` and `?` in the last part of a path. */
async function matching(path: string): Promise<string[]> {
  if (!/[*?]/.test(basename(path))) return []
  const parts = basename(path).replace(/[.+^${}()|[\]\\]/g, '\\$&')
  const expression = new RegExp(`^${parts.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's')
  const names = await readdir(dirname(path)).catch(() => [])
  return names
    .filter((name) => expression.test(name))
    .sort()
    .map((name) => join(dirname(path), name))
}

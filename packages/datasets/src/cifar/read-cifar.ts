import { counted, DataError } from '@gantry/core'
import { cachedPath, type FetchOptions, fetchFile } from '../download/fetch-file.ts'
import type { PlanarImages } from '../images/planar-source.ts'
import { labelOutOfRange } from '../labels/label-errors.ts'
import { readSlice } from '../shards/read-slice.ts'
import { indexTar, type TarEntry } from '../tar/index-tar.ts'
import { exists, unpackGzip } from '../tar/unpack-gzip.ts'
import type { CifarVersion } from './cifar-version.ts'

export const CIFAR_SIDE = 32

const PLANE = CIFAR_SIDE ** 2

/**
 * Reads one split of the binary version: records of the label bytes and 3 × 1,024 bytes, red, green and blue plane.
 *
 * The archive is downloaded and unpacked once; memory holds the records of the split (154 MB for training).
 *
 * @throws DataError `ARCHIVE_FILE_MISSING`, `CIFAR_TRUNCATED`, `LABEL_OUT_OF_RANGE`, or as {@link fetchFile},
 * {@link unpackGzip} and {@link indexTar} do.
 * @see Krizhevsky, Learning Multiple Layers of Features from Tiny Images (2009)
 */
export async function readCifar(
  version: CifarVersion,
  split: 'train' | 'test',
  options: FetchOptions,
): Promise<PlanarImages> {
  const path = await fetchTar(version, options)
  const entries = await indexTar(path, path, { signal: options.signal })
  const read = async (name: string) => readSlice(path, findEntry(entries, `${version.folder}/${name}`, path))
  const labels = lines(new TextDecoder().decode(await read(version.names)))
  const recordLength = version.labelBytes + 3 * PLANE
  const files = await Promise.all(
    version[split].map(async (name) => {
      const bytes = await read(name)
      checkFile(bytes, {
        name: `${path}: ${name}`,
        recordLength,
        labelAt: version.labelBytes - 1,
        classes: labels.length,
      })
      return bytes
    }),
  )
  const records = files.flatMap((bytes) =>
    Array.from({ length: bytes.length / recordLength }, (_, record) =>
      bytes.subarray(record * recordLength, (record + 1) * recordLength),
    ),
  )
  return {
    size: records.length,
    side: CIFAR_SIDE,
    channels: 3,
    labels,
    labelOf: (index) => records[index]![version.labelBytes - 1]!,
    plane(index, channel) {
      const start = version.labelBytes + channel * PLANE
      return records[index]!.subarray(start, start + PLANE)
    },
  }
}

/** The unpacked archive, in the cache. It stands for a checked download, which need not be read again. */
async function fetchTar({ archive }: CifarVersion, options: FetchOptions): Promise<string> {
  const tar = cachedPath(archive).replace(/\.gz$/, '')
  if (!(await exists(tar))) await unpackGzip(await fetchFile(archive, options), tar, options.signal)
  return tar
}

function findEntry(entries: readonly TarEntry[], name: string, archive: string): TarEntry {
  const entry = entries.find((candidate) => candidate.name.replace(/^\.\//, '') === name)
  if (entry !== undefined) return entry
  throw new DataError({
    code: 'ARCHIVE_FILE_MISSING',
    message: `'${archive}' holds no '${name}', ${entries.length > 0 ? `only ${entries.map((each) => each.name).join(', ')}` : 'and no other file'}.`,
    fix: 'Remove it, and it is fetched again.',
  })
}

interface CifarFile {
  readonly name: string
  readonly recordLength: number
  /** Position of the class in a record. */
  readonly labelAt: number
  readonly classes: number
}

function checkFile(bytes: Uint8Array, { name, recordLength, labelAt, classes }: CifarFile): void {
  if (bytes.length === 0 || bytes.length % recordLength !== 0) {
    throw new DataError({
      code: 'CIFAR_TRUNCATED',
      message: `'${name}' has ${counted(bytes.length, 'byte')}, but whole records of ${counted(recordLength, 'byte')} are needed.`,
      fix: 'Remove the archive, and it is fetched again.',
    })
  }
  for (let record = 0; record * recordLength < bytes.length; record++) {
    const label = bytes[record * recordLength + labelAt]!
    if (label >= classes) throw labelOutOfRange(`Record ${record} of '${name}'`, label, classes)
  }
}

function lines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

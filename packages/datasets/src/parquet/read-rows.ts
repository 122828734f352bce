import { DataError } from '@gantry/core'
import {
  type AsyncBuffer,
  asyncBufferFromFile,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
} from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import type { RawLabel } from '../labels/class-labels.ts'
import { checkPages } from './check-pages.ts'
import type { ParquetColumns } from './parquet-columns.ts'

/** A parquet file whose footer was read. */
export interface ParquetFile {
  readonly name: string
  readonly buffer: AsyncBuffer
  readonly metadata: FileMetaData
}

/** One row: the bytes of its image, or why there are none, and its label. */
export interface ParquetRow {
  readonly image: Uint8Array | string
  readonly label: RawLabel
}

/** @throws DataError `PARQUET_INVALID` for a file that is truncated or of another format. */
export async function openParquet(path: string, name: string): Promise<ParquetFile> {
  try {
    const buffer = await asyncBufferFromFile(path)
    const metadata = await parquetMetadataAsync(buffer)
    const rows = metadata.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0)
    if (rows !== Number(metadata.num_rows))
      throw new RangeError(`its row groups have ${rows} of ${metadata.num_rows} rows`)
    return { name, buffer, metadata }
  } catch (cause) {
    throw invalid(name, cause)
  }
}

/**
 * Reads the rows one row group at a time: that much of the file is in memory at once.
 *
 * @throws DataError `PARQUET_INVALID`
 */
export async function* readRows(file: ParquetFile, { image, label }: ParquetColumns): AsyncGenerator<ParquetRow> {
  let rowStart = 0
  const columns = label === undefined ? [image] : [image, label]
  for (const group of file.metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows)
    await checkPages(file.buffer, file.metadata, group, columns).catch((cause) => {
      throw invalid(file.name, cause)
    })
    const rows = await parquetReadObjects({
      file: file.buffer,
      metadata: file.metadata,
      columns,
      rowStart,
      rowEnd,
      compressors,
      // Bytes that no one has declared to be text are images.
      utf8: false,
    }).catch((cause) => {
      throw invalid(file.name, cause)
    })
    for (const row of rows)
      yield { image: imageBytes(row[image]), label: label === undefined ? null : toLabel(row[label]) }
    rowStart = rowEnd
  }
}

function imageBytes(value: unknown): Uint8Array | string {
  const { bytes, path }: { bytes?: unknown; path?: unknown } =
    value instanceof Uint8Array ? { bytes: value } : Object(value)
  if (bytes instanceof Uint8Array && bytes.length > 0) return bytes
  return path ? `has no bytes, only the path '${path}'` : 'has no bytes'
}

function toLabel(value: unknown): RawLabel {
  if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value)
  if (value instanceof Uint8Array) return new TextDecoder().decode(value)
  return typeof value === 'number' || typeof value === 'string' ? value : null
}

function invalid(name: string, cause: unknown): DataError {
  return new DataError({
    code: 'PARQUET_INVALID',
    message: `'${name}' cannot be read as parquet: ${(cause as Error).message}.`,
    fix: 'Fetch the file again.',
    cause,
  })
}

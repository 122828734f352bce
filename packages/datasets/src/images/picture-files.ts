import { basename } from 'node:path'
import type { Columns } from '../columns.ts'
import type { OpenDatasetOptions } from '../dataset-definition.ts'
import { fileSizes } from '../file-sizes.ts'
import { type OpenedAs, type OpenedDataset, openedDataset } from '../opened-dataset.ts'
import { decodedSource } from './decoded-source.ts'
import { formatOf } from './encoded-image-options.ts'
import { skipList } from './skip-list.ts'

/** One sample, whose pictures are files. */
interface PicturedSample {
  /** What a person finds it by. */
  readonly name: string
  /** Paths, by field. */
  readonly files: Readonly<Record<string, string>>
  /** What it has in common with other samples, that a split should keep together. */
  readonly group?: string
  /** What its files are told from others by, before their names. */
  readonly origin?: string
}

export interface PictureFiles {
  readonly samples: readonly PicturedSample[]
  readonly fields: readonly string[]
  readonly columns?: Columns
  /** Code of the error when nothing can be decoded. */
  readonly unusable: string
}

/** A data set of pictures that a package holds: files that are taken to be there, and are decoded as they are needed. */
export function picturesDataset(
  about: OpenedAs,
  { samples, fields, columns, unusable }: PictureFiles,
  { strict, ...options }: OpenDatasetOptions,
): Promise<OpenedDataset> {
  const sizes = Object.fromEntries(fields.map((field) => [field, fileSizes(samples.map(({ files }) => files[field]!))]))
  const { skipped, onSkip } = skipList(strict, about.skipped)
  const source = decodedSource(
    {
      size: samples.length,
      fields,
      ...(columns && { columns }),
      nameOf: (index, field) => (fields.length > 1 ? `${field}: ${samples[index]!.name}` : samples[index]!.name),
      groupOf: (index) => samples[index]!.group ?? samples[index]!.name,
      load: (index, field) => samples[index]!.files[field]!,
      signatureOf: (index, field) => {
        const { origin, files } = samples[index]!
        return [...(origin === undefined ? [] : [origin]), basename(files[field]!), sizes[field]![index]].join(' ')
      },
    },
    { format: formatOf(options), unusable, onSkip },
  )
  return openedDataset({ ...about, skipped }, source)
}

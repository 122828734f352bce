import type { Dataset } from '@gantry/core'
import type { OpenedDataset } from './opened-dataset.ts'

/** How far opening a data set has come. */
export interface OpenProgress {
  /** What is being done, for people: `downloading cifar-10-binary.tar.gz`. */
  readonly task: string
  readonly unit: 'bytes' | 'files' | 'rows'
  readonly done: number
  /** Undefined for downloads whose server does not tell. */
  readonly total: number | undefined
}

export interface OpenDatasetOptions {
  /** Side of the square images, in pixels. Defaults to what the data set is made of; 64 for your own images. */
  readonly size?: number
  /** 3 for colour, 1 for grey. Defaults to what the data set is made of; 3 for your own images. */
  readonly channels?: 1 | 3
  /** Colour behind transparent parts, as CSS writes it (`white`, `#ffcc00`); white by default. */
  readonly background?: string
  /** Column of a parquet file, or extension in a WebDataset, that holds the images. */
  readonly imageColumn?: string
  /** Column, extension or JSON field that holds the labels; false reads none. */
  readonly labelColumn?: string | false
  /** Fail on the first image that cannot be used, instead of leaving it out and listing it in `description.skipped`. */
  readonly strict?: boolean
  /** Called as files arrive, are unpacked and looked at. */
  readonly onProgress?: (progress: OpenProgress) => void
  /** Stops opening; `openDataset` then rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/** What a list of data sets shows. */
export interface DatasetListing {
  /** What `openDataset` takes: `mnist`, `folder:PATH`, or `emoji[:google|twitter]`. */
  readonly name: string
  readonly description: string
  readonly kind: Dataset['kind']
  /** Where the samples come from, with the paper where there is one. */
  readonly source: string
  readonly licence: string
}

/** One data set of the registry. */
export interface DatasetDefinition extends Omit<DatasetListing, 'name'> {
  /** The name up to the colon. */
  readonly name: string
  /** What follows the colon, for people: `PATH`. Absent when the name stands alone. */
  readonly parameter?: string
  /** What may follow the colon, where that is one of a few words; the name alone stands for all of them. */
  readonly choices?: readonly string[]
  /** The options that `open` accepts; absent where one makes no sense. */
  readonly accepts: {
    readonly size?: true
    readonly channels?: readonly (1 | 3)[]
    readonly background?: true
    /** `imageColumn` and `labelColumn`. */
    readonly columns?: true
  }
  /** Opens the data set; `options` were checked against `accepts`. */
  open(options: OpenDatasetOptions, parameter: string): Promise<OpenedDataset>
}

/** `mnist`, `folder:PATH`, or `emoji[:google|twitter]`. */
export function listedName({ name, parameter, choices }: DatasetDefinition): string {
  if (choices !== undefined) return `${name}[:${choices.join('|')}]`
  return parameter === undefined ? name : `${name}:${parameter}`
}

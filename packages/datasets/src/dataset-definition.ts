import type { Dataset } from '@gantry/core'

/** How far opening a data set has come, in files. */
export interface OpenProgress {
  readonly done: number
  readonly total: number
}

export interface OpenDatasetOptions {
  /** Side of the square images, in pixels. Defaults to 28 for MNIST and 64 for folders; point sets have none. */
  readonly size?: number
  /** 3 for colour, 1 for grey. Defaults to what the data set is made of; 3 for folders. */
  readonly channels?: 1 | 3
  /** Fail on the first file that cannot be used, instead of leaving it out and listing it in `description.skipped`. */
  readonly strict?: boolean
  /** Called after each file that was looked at. */
  readonly onProgress?: (progress: OpenProgress) => void
  /** Stops opening; `openDataset` then rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/** What a list of data sets shows. */
export interface DatasetListing {
  /** What `openDataset` takes: `mnist`, or `folder:PATH`. */
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
  /** Side and channels that `open` accepts; absent where the option makes no sense. */
  readonly accepts: { readonly size?: true; readonly channels?: readonly (1 | 3)[] }
  /** Opens the data set; `options` were checked against `accepts`. */
  open(options: OpenDatasetOptions, parameter: string): Promise<Dataset>
}

/** `mnist`, or `folder:PATH`. */
export function listedName({ name, parameter }: DatasetDefinition): string {
  return parameter === undefined ? name : `${name}:${parameter}`
}

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
  /**
   * Side that images are brought to before crops of `size` pixels are taken of them, at random places where a stream augments;
   * `own` leaves them as large as they are. Defaults to `size`.
   */
  readonly loadSize?: number | 'own'
  /** Whether every second image is mirrored where a stream augments. */
  readonly flip?: boolean
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
  /** What else a data set declares in its own {@link DatasetDefinition.options}. */
  readonly [option: string]: unknown
}

/** One option that a data set understands. */
export interface DatasetOption {
  readonly name: string
  /** What it means and what it is by default, for help texts. */
  readonly description: string
  /**
   * @param dataset its name, for messages
   * @throws ConfigurationError for a value that the data set cannot use
   */
  check(value: unknown, dataset: string): void
}

/** What a list of data sets shows. */
export interface DatasetListing {
  /** What `openDataset` takes: `mnist`, `folder:PATH`, or `emoji[:google|twitter]`. */
  readonly name: string
  readonly description: string
  /** Names of its fields, the samples first; a label may be missing where it depends on the files. */
  readonly gives: readonly string[]
  /** Where the samples come from, with the paper where there is one. */
  readonly source: string
  readonly licence: string
  readonly options: readonly Pick<DatasetOption, 'name' | 'description'>[]
}

/** What a data set can ask about the others. */
interface KnownDatasets {
  /** The name of what is held out of a data set, or left for training, where that has one; undefined where it must be drawn. */
  partOf(name: string, part: 'held-out' | 'training'): string | undefined
}

/** One data set of the registry. */
export interface DatasetDefinition extends Omit<DatasetListing, 'name' | 'options'> {
  /** The name up to the colon. */
  readonly name: string
  /** What follows the colon, for people: `PATH`. Absent when the name stands alone. */
  readonly parameter?: string
  /** What may follow the colon, where that is one of a few words; the name alone stands for all of them. */
  readonly choices?: readonly string[]
  readonly options: readonly DatasetOption[]
  /** Another name for the same, where what follows the colon is only a short way to say it: `mnist-test` for `held-out:mnist`. */
  standsFor?(parameter: string, known: KnownDatasets): string | undefined
  /** The name of the data that its authors hold out of it, where they do: `mnist-test` of `mnist`. */
  heldOut?(parameter: string): string | undefined
  /** What follows the colon, with paths that are the same in any working directory; undefined where it has none of its own. */
  absolute?(parameter: string): string | undefined
  /**
   * Names of the data sets that it is made of, where it is. They are opened before it, each with the options that it
   * understands.
   *
   * @param isName whether a text is the name of a data set
   */
  parts?(parameter: string, isName: (text: string) => boolean): readonly string[]
  /** Opens the data set; its own of the `options` were checked. */
  open(options: OpenDatasetOptions, parameter: string, parts: readonly OpenedDataset[]): Promise<OpenedDataset>
}

/** `mnist`, `folder:PATH`, or `emoji[:google|twitter]`. */
export function listedName({
  name,
  parameter,
  choices,
}: Pick<DatasetDefinition, 'name' | 'parameter' | 'choices'>): string {
  if (choices !== undefined) return `${name}[:${choices.join('|')}]`
  return parameter === undefined ? name : `${name}:${parameter}`
}

export function listingOf(definition: DatasetDefinition): DatasetListing {
  const { description, gives, source, licence, options } = definition
  return {
    name: listedName(definition),
    description,
    gives,
    source,
    licence,
    options: options.map((option) => ({ name: option.name, description: option.description })),
  }
}

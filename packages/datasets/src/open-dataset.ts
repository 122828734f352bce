import type { DatasetListing, DatasetOption, OpenDatasetOptions } from './dataset-definition.ts'
import { listingOf } from './dataset-definition.ts'
import { absoluteName, findDataset } from './find-dataset.ts'
import { openFrom } from './open-from.ts'
import { optionsOf } from './open-options.ts'
import type { OpenedDataset } from './opened-dataset.ts'
import { definitions } from './registry.ts'

/**
 * Opens a data set by its name: one of {@link listDatasets}, such as `mnist`, `folder:PATH`, `emoji:google` or
 * `unpaired:mnist,fashion-mnist`.
 *
 * Data sets that are not on this machine are downloaded once, checked, and kept in the cache folder (see the README).
 *
 * Images come as [size, size, channels] in [-1, 1] (v / 127.5 - 1 of the stored byte), points as [2] coordinates.
 *
 * @throws ConfigurationError `DATASET_UNKNOWN`, `DATASET_PARAMETER_MISSING`, `UNPAIRED_INVALID`, `DATASET_OPTION_UNSUPPORTED`,
 * `SIZE_INVALID`, `CHANNELS_INVALID`, `BACKGROUND_INVALID`, `COLUMN_NAME_INVALID`, `MIRROR_INVALID`; DataError when the files
 * are missing or unusable (see the README); StorageError; the reason of `signal` when it is aborted.
 *
 * @example
 * ```ts
 * const dataset = await openDataset('mnist', { size: 32 })
 * for await (const { image, label } of dataset.batches({ batchSize: 64, seed: 1 })) {
 *   console.log(image!.shape, label!.shape) // [64, 32, 32, 1] [64]
 *   break
 * }
 * ```
 */
export async function openDataset(name: string, options: OpenDatasetOptions = {}): Promise<OpenedDataset> {
  return openFrom(definitions, name, options)
}

/** The data sets that {@link openDataset} knows, for a table or a help text. */
export function listDatasets(): DatasetListing[] {
  return definitions.map(listingOf)
}

/**
 * A name whose paths are the same in any working directory: `folder:/home/me/faces` of `folder:faces`. Names that no data set has stay as
 * they are.
 */
export function absoluteDatasetName(name: string): string {
  return absoluteName(name, definitions)
}

/**
 * The options that {@link openDataset} takes with a name, beside `strict`, `onProgress` and `signal`.
 *
 * @throws ConfigurationError `DATASET_UNKNOWN`, `DATASET_PARAMETER_MISSING`, `UNPAIRED_INVALID`
 */
export function datasetOptions(name: string): readonly DatasetOption[] {
  return optionsOf(findDataset(name, definitions))
}

import {
  type DatasetDefinition,
  type DatasetListing,
  listingOf,
  type OpenDatasetOptions,
} from '../dataset-definition.ts'
import { openFrom } from '../open-from.ts'
import type { OpenedDataset } from '../opened-dataset.ts'
import { unpaired } from '../unpaired/unpaired.ts'
import { grid25 } from './grid25.ts'
import { ring8 } from './ring8.ts'
import { swissroll } from './swissroll.ts'

const definitions: readonly DatasetDefinition[] = [ring8, grid25, swissroll, unpaired]

/**
 * Opens `ring8`, `grid25`, `swissroll`, or `unpaired:A,B` of them: the same samples as those of `@gantry/datasets`.
 *
 * @throws ConfigurationError `DATASET_UNKNOWN`, `DATASET_PARAMETER_MISSING`, `UNPAIRED_INVALID`, `DATASET_OPTION_UNSUPPORTED`;
 * the reason of `signal` when it is aborted.
 *
 * @example
 * ```ts
 * const dataset = await openDataset('ring8')
 * const { value: batch } = await dataset.batches({ batchSize: 64, seed: 1 }).next()
 * ```
 */
export async function openDataset(name: string, options: OpenDatasetOptions = {}): Promise<OpenedDataset> {
  return openFrom(definitions, name, options)
}

/** The data sets that {@link openDataset} knows here. */
export function listDatasets(): DatasetListing[] {
  return definitions.map(listingOf)
}

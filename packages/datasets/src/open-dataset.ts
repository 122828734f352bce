import { ConfigurationError, suggestion } from '@gantry/core'
import { type DatasetDefinition, listedName, type OpenDatasetOptions } from './dataset-definition.ts'
import { checkOpenOptions } from './open-options.ts'
import type { OpenedDataset } from './opened-dataset.ts'
import { definitions } from './registry.ts'

/**
 * Opens a data set by its name: one of {@link listDatasets}, such as `mnist`, `folder:PATH` or `emoji:google`.
 *
 * Data sets that are not on this machine are downloaded once, checked, and kept in the cache folder (see the README).
 *
 * Images come as [size, size, channels] in [-1, 1] (v / 127.5 - 1 of the stored byte), points as [2] coordinates.
 *
 * @throws ConfigurationError `DATASET_UNKNOWN`, `DATASET_PARAMETER_MISSING`, `DATASET_OPTION_UNSUPPORTED`,
 * `SIZE_INVALID`, `CHANNELS_INVALID`, `BACKGROUND_INVALID`, `MIRROR_INVALID`; DataError when the files are missing or
 * unusable (see the README); StorageError; the reason of `signal` when it is aborted.
 *
 * @example
 * ```ts
 * const dataset = await openDataset('mnist', { size: 32 })
 * for await (const { samples } of dataset.batches({ batchSize: 64, seed: 1 })) {
 *   console.log(samples.shape) // [64, 32, 32, 1]
 *   break
 * }
 * ```
 */
export async function openDataset(name: string, options: OpenDatasetOptions = {}): Promise<OpenedDataset> {
  options.signal?.throwIfAborted()
  const { definition, parameter } = resolve(name)
  checkOpenOptions(definition, options)
  return definition.open(options, parameter)
}

function resolve(name: string): { definition: DatasetDefinition; parameter: string } {
  const [, head = name, parameter = ''] = /^([^:]*):(.*)$/s.exec(name) ?? []
  const definition = definitions.find((candidate) => candidate.name === head)
  const alone = definition?.parameter === undefined && definition?.choices === undefined
  if (definition === undefined || (alone && head !== name)) {
    throw unknown(
      name,
      looksLikePath(name)
        ? `Did you mean 'folder:${name}'?`
        : suggestion(
            head,
            definitions.map((known) => known.name),
          ),
    )
  }
  const { choices } = definition
  if (choices !== undefined && head !== name && !choices.includes(parameter)) {
    throw unknown(
      name,
      suggestion(
        name,
        choices.map((choice) => `${head}:${choice}`),
      ),
    )
  }
  if (definition.parameter !== undefined && parameter === '') {
    throw new ConfigurationError({
      code: 'DATASET_PARAMETER_MISSING',
      message: `The data set '${head}' needs its ${definition.parameter}, but the name is only '${name}'.`,
      fix: `Write ${listedName(definition)}.`,
    })
  }
  return { definition, parameter }
}

function unknown(name: string, fix: string): ConfigurationError {
  return new ConfigurationError({ code: 'DATASET_UNKNOWN', message: `There is no data set '${name}'.`, fix })
}

/** True for `faces/train` and `C:\\faces`, but not for `fodler:/faces`. */
function looksLikePath(name: string): boolean {
  return /^([a-z]:)?[^:]*[\\/]/i.test(name)
}

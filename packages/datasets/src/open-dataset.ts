import { ConfigurationError, type Dataset, suggestion } from '@gantry/core'
import { type DatasetDefinition, listedName, type OpenDatasetOptions } from './dataset-definition.ts'
import { checkOpenOptions } from './open-options.ts'
import { definitions } from './registry.ts'

/**
 * Opens a data set by its name: `mnist`, `mnist-test`, `folder:PATH`, `ring8`, `grid25` or `swissroll`.
 *
 * Images come as [size, size, channels] in [-1, 1] (v / 127.5 - 1 of the stored byte), points as [2] coordinates.
 *
 * @throws ConfigurationError `DATASET_UNKNOWN`, `DATASET_PARAMETER_MISSING`, `DATASET_OPTION_UNSUPPORTED`,
 * `SIZE_INVALID`, `CHANNELS_INVALID`; DataError when the files are missing or unusable (see the README); the reason of
 * `signal` when it is aborted.
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
export async function openDataset(name: string, options: OpenDatasetOptions = {}): Promise<Dataset> {
  options.signal?.throwIfAborted()
  const { definition, parameter } = resolve(name)
  checkOpenOptions(definition, options)
  return definition.open(options, parameter)
}

function resolve(name: string): { definition: DatasetDefinition; parameter: string } {
  const [, head = name, parameter = ''] = /^([^:]*):(.*)$/s.exec(name) ?? []
  const definition = definitions.find((candidate) => candidate.name === head)
  if (definition === undefined || (definition.parameter === undefined && head !== name)) {
    throw new ConfigurationError({
      code: 'DATASET_UNKNOWN',
      message: `There is no data set '${name}'.`,
      fix: looksLikePath(name)
        ? `Did you mean 'folder:${name}'?`
        : suggestion(
            head,
            definitions.map((known) => known.name),
          ),
    })
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

/** True for `faces/train` and `C:\\faces`, but not for `fodler:/faces`. */
function looksLikePath(name: string): boolean {
  return /^([a-z]:)?[^:]*[\\/]/i.test(name)
}

import { isDeepStrictEqual } from 'node:util'
import { type BoundField, ConfigurationError, type Field } from '@gantry/core'
import { type OpenDatasetOptions, type OpenedDataset, openDataset } from '@gantry/datasets'
import type { RunConfig } from '@gantry/training'

/**
 * The data that grids and scores of a run are of, where they are not those that it is trained on; opened with the same options.
 *
 * @param bound the fields that the variant was built for, by slot
 * @throws ConfigurationError `VALIDATION_MISMATCH` for data without such fields; what opening them throws
 */
export async function openValidation(
  { validation, dataOptions }: Pick<RunConfig, 'validation' | 'dataOptions'>,
  bound: Readonly<Record<string, BoundField>>,
  options: Pick<OpenDatasetOptions, 'strict' | 'signal' | 'onProgress'>,
): Promise<OpenedDataset | undefined> {
  if (validation === undefined) return undefined
  const dataset = await openDataset(validation, { ...options, ...dataOptions })
  try {
    for (const field of Object.values(bound)) checkField(dataset, field)
    return dataset
  } catch (error) {
    await dataset.dispose?.()
    throw error
  }
}

/** What makes a field another one; its range may be, as that of points is of those that there are. */
const kindOf = ({ modality, dtype, shape, names }: Field) => ({ modality, dtype, shape, names })

function checkField({ name, fields }: OpenedDataset, { field, ...wanted }: BoundField): void {
  const own = fields[field]
  if (own && isDeepStrictEqual(kindOf(wanted), kindOf(own))) return
  const described = ({ modality, dtype, shape, names }: Field) =>
    `${modality} ${dtype}[${shape}]${names ? ` of ${names.length} names` : ''}`
  throw new ConfigurationError({
    code: 'VALIDATION_MISMATCH',
    message: `The run learns '${field}', ${described(wanted)}, but its validation data ${name} ${own ? `have ${described(own)}` : `have only ${Object.keys(fields).join(', ')}`}.`,
    fix: 'Name data with the same fields, such as held-out:DATASET of what the run is trained on.',
  })
}

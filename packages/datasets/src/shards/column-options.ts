import { ConfigurationError } from '@gantry/core'
import type { DatasetOption } from '../dataset-definition.ts'

/** The options of data sets whose samples have named parts of their own. */
export const columnOptions: readonly DatasetOption[] = [
  {
    name: 'imageColumn',
    description: 'column of a parquet file, or extension in a WebDataset, that holds the images',
    check: (value) => checkName('imageColumn', value),
  },
  {
    name: 'labelColumn',
    description: 'column, extension or JSON field that holds the labels; false for none',
    check: (value) => value === false || checkName('labelColumn', value),
  },
]

function checkName(option: string, value: unknown): void {
  if (typeof value === 'string' && value !== '') return
  throw new ConfigurationError({
    code: 'COLUMN_NAME_INVALID',
    message: `The option '${option}' is the name of a column, not ${JSON.stringify(value)}.`,
  })
}

import { arrayClasses, ConfigurationError, type Fields, ShapeError, sizeOfShape, type TypedArray } from '@gantry/core'
import { arraySource } from './array-source.ts'
import type { Column, Columns } from './columns.ts'
import { labelOutOfRange } from './labels/label-errors.ts'
import { type OpenedAs, type OpenedDataset, openedDataset } from './opened-dataset.ts'

/** A data set in memory: what each field is, and its elements, sample after sample. */
export interface DatasetArrays extends Partial<Omit<OpenedAs, 'name'>> {
  readonly name: string
  readonly fields: Fields
  /** By field, in its dtype: the elements of all samples, one behind the other. Nothing is copied. */
  readonly arrays: Readonly<Record<string, TypedArray>>
}

/**
 * Makes a data set of arrays in memory; in browsers too.
 *
 * @throws ConfigurationError `FIELDS_MISSING`, `FIELD_ARRAY_MISSING`; ShapeError `FIELD_ARRAY_MISMATCH`; DataError
 * `LABEL_OUT_OF_RANGE` for an index that has no name.
 *
 * @example
 * ```ts
 * const dataset = await datasetOf({
 *   name: 'moons',
 *   fields: { points: pointsField([2], [-2, 2]), label: labelField(['upper', 'lower']) },
 *   arrays: { points: Float32Array.of(0, 1, 1, -0.5), label: Int32Array.of(0, 1) },
 * })
 * ```
 */
export async function datasetOf({ name, fields, arrays, ...about }: DatasetArrays): Promise<OpenedDataset> {
  const columns: Columns = Object.fromEntries(
    Object.entries(fields).map(([key, field]) => [key, { field, data: arrayOf(name, key, arrays) }]),
  )
  checkColumns(name, columns)
  return openedDataset({ name, source: 'memory', licence: 'that of the data', ...about }, arraySource(columns))
}

function arrayOf(name: string, key: string, arrays: DatasetArrays['arrays']): TypedArray {
  const array = arrays[key]
  if (array !== undefined) return array
  throw new ConfigurationError({
    code: 'FIELD_ARRAY_MISSING',
    message: `The data set '${name}' has a field '${key}' but no array for it, only ${Object.keys(arrays).join(', ') || 'none at all'}.`,
    fix: 'Give an array for every field.',
  })
}

/** All of the right class, and of one number of samples. */
function checkColumns(name: string, columns: Columns): void {
  const entries = Object.entries(columns)
  const [first] = entries
  if (first === undefined) {
    throw new ConfigurationError({ code: 'FIELDS_MISSING', message: `The data set '${name}' has no field.` })
  }
  const size = samplesOf(first[1])
  for (const [key, column] of entries) {
    const { dtype, shape } = column.field
    const wanted = arrayClasses[dtype]
    if (!(column.data instanceof wanted) || samplesOf(column) !== size || !(size >= 1) || !Number.isInteger(size)) {
      throw new ShapeError({
        code: 'FIELD_ARRAY_MISMATCH',
        message: `The array of '${key}' in '${name}' is a ${column.data.constructor.name} of ${column.data.length}, but ${dtype} [${shape}] takes ${sizeOfShape(shape)} element(s) of a ${wanted.name} for each sample, and '${first[0]}' has ${size} samples.`,
        fix: 'Give every field the same whole number of samples, one or more.',
      })
    }
    checkNames(name, key, column)
  }
}

function samplesOf({ field, data }: Column): number {
  return data.length / sizeOfShape(field.shape)
}

function checkNames(name: string, key: string, { field: { names }, data }: Column): void {
  if (names === undefined) return
  const place = (data as Int32Array).findIndex((value) => value < 0 || value >= names.length)
  if (place >= 0) throw labelOutOfRange(`Element ${place} of '${key}' in '${name}'`, data[place]!, names.length)
}

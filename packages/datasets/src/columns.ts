import { type Field, type Fields, labelField, sizeOfShape, type TypedArray } from '@gantry/core'
import type { SampleTargets } from './sample-source.ts'

/** All values of one field, sample after sample. */
export interface Column {
  readonly field: Field
  readonly data: TypedArray
}

/** Fields that lie in memory, by name. */
export type Columns = Readonly<Record<string, Column>>

/** The classes of all samples. */
export function labelColumn(names: readonly string[], labels: Iterable<number>): Column {
  return { field: labelField(names), data: Int32Array.from(labels) }
}

export function fieldsOf(columns: Columns): Fields {
  return Object.fromEntries(Object.entries(columns).map(([name, { field }]) => [name, field]))
}

/** The part of a column that is one sample. */
export function elementOf({ field, data }: Column, index: number): TypedArray {
  const length = sizeOfShape(field.shape)
  return data.subarray(index * length, (index + 1) * length)
}

/** Makes a function that writes the elements of one sample: number by number, as most are small. */
export function columnWriter(columns: Columns): (index: number, targets: SampleTargets) => void {
  const parts = Object.entries(columns).map(([name, { field, data }]) => ({
    name,
    length: sizeOfShape(field.shape),
    data: data as Float32Array,
  }))
  return (index, targets) => {
    for (const { name, length, data } of parts) {
      const target = targets[name] as Float32Array
      for (let place = 0; place < length; place++) target[place] = data[index * length + place]!
    }
  }
}

/** Reads the class of a sample from the first column of labels; undefined without one. */
export function labelReader(columns: Columns): ((index: number) => number) | undefined {
  const labels = Object.values(columns).find(({ field }) => field.modality === 'label')
  return labels && ((index) => Number(labels.data[index]))
}

import { sizeOfShape } from '@gantry/core'
import { type Columns, columnWriter, elementOf, fieldsOf, labelReader } from './columns.ts'
import { evenlySpaced } from './fingerprint.ts'
import type { SampleSource } from './sample-source.ts'

/** Samples that lie in memory as they are given: every field is a column, all of one length. */
export function arraySource(columns: Columns): SampleSource {
  const [first] = Object.values(columns)
  const size = first!.data.length / sizeOfShape(first!.field.shape)
  const labelOf = labelReader(columns)
  return {
    size,
    fields: fieldsOf(columns),
    readAhead: 0,
    ...(labelOf && { labelOf }),
    *identity() {
      for (const column of Object.values(columns)) {
        yield JSON.stringify([column.field.dtype, column.field.shape])
        for (const index of evenlySpaced(size)) yield elementOf(column, index)
      }
    },
    read: columnWriter(columns),
  }
}

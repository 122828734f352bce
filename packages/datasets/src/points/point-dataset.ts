import { pointsField } from '@gantry/core'
import { arraySource } from '../array-source.ts'
import { type Columns, labelColumn } from '../columns.ts'
import { type OpenedAs, type OpenedDataset, openedDataset } from '../opened-dataset.ts'
import type { PointCloud } from './point-cloud.ts'
import { rangeAround } from './range-around.ts'

/** A data set of [2] points; its labels are the indices of the modes. */
export function pointDataset(
  { name, source, licence }: OpenedAs,
  { points, drawn }: PointCloud,
): Promise<OpenedDataset> {
  const columns: Columns = {
    points: { field: pointsField([2], rangeAround(points)), data: points },
    ...(drawn && {
      label: labelColumn(
        drawn.mixture.centres.map((_, mode) => String(mode)),
        drawn.modes,
      ),
    }),
  }
  return openedDataset({ name, source, licence, ...(drawn && { mixture: drawn.mixture }) }, arraySource(columns))
}

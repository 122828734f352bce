import { anomaliesTable } from './anomalies.ts'
import { augmentationTable } from './augmentation.ts'
import { changesTable } from './changes.ts'
import { facesTable } from './faces.ts'
import { fewFacesTable } from './few-faces.ts'
import { demoTable, goodTable } from './good.ts'
import { pointsTable } from './points.ts'
import type { LearningTable } from './run-rows.ts'
import { searchTable } from './search.ts'
import { stackedTable } from './stacked.ts'
import { startsTable } from './starts.ts'
import { translationsTable } from './translations.ts'
import { twinsTable } from './twins.ts'

/** Every table, in the order of the page. */
export const learningTables: readonly LearningTable[] = [
  goodTable,
  translationsTable,
  facesTable,
  fewFacesTable,
  demoTable,
  changesTable,
  searchTable,
  twinsTable,
  pointsTable,
  stackedTable,
  startsTable,
  anomaliesTable,
  augmentationTable,
]

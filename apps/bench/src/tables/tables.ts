import { casesTable } from './cases.ts'
import { compileTable } from './compile.ts'
import { generationTable } from './generation.ts'
import { healthTable } from './health.ts'
import { memoryTable } from './memory.ts'
import { outsideTable } from './outside.ts'
import { pipelineTable } from './pipeline.ts'
import { profileTable } from './profile.ts'
import { scaleTable } from './scale.ts'
import { serveTable } from './serve.ts'
import { sizesTable } from './sizes.ts'
import type { BenchTable } from './table.ts'

/** Every table, in the order of the page. */
export const tables: readonly BenchTable[] = [
  casesTable,
  memoryTable,
  compileTable,
  outsideTable,
  generationTable,
  serveTable,
  pipelineTable,
  healthTable,
  scaleTable,
  sizesTable,
  profileTable,
]

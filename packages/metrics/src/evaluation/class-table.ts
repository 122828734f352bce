import type { FeatureMatrix } from '../features.ts'
import { takeRows } from '../linear-algebra/rows.ts'
import { frechetDistanceOfFeatures } from '../metrics/frechet-distance.ts'
import { reporter, type Work } from '../work.ts'

/** One side of a class table: a class for every row. */
export interface ClassifiedFeatures {
  readonly features: FeatureMatrix
  readonly labels: Int32Array
}

/** How one class fares. */
export interface ClassRow {
  readonly label: string
  readonly realCount: number
  readonly generatedCount: number
  /** Between the samples of the class; absent where one side has no more of them than there are features. */
  readonly frechetDistance?: number
}

/**
 * Real and generated samples class by class.
 *
 * Where generated samples have no labels, those that a classifier predicts take their place: a class that it misreads shows
 * as one that is missing.
 *
 * @example
 * ```ts
 * const rows = await classTable(names, { features, labels }, { features: generated, labels: predictedClasses(logits) })
 * ```
 */
export async function classTable(
  labels: readonly string[],
  real: ClassifiedFeatures,
  generated: ClassifiedFeatures,
  work: Work = {},
): Promise<ClassRow[]> {
  const report = reporter(work, labels.length, 'classes')
  const rows: ClassRow[] = []
  for (const [index, label] of labels.entries()) {
    const [left, right] = [rowsOf(real, index), rowsOf(generated, index)]
    const enough = Math.min(left.rows, right.rows) > real.features.columns
    const distance = enough ? (await frechetDistanceOfFeatures(left, right)).value : undefined
    rows.push({
      label,
      realCount: left.rows,
      generatedCount: right.rows,
      ...(distance !== undefined && { frechetDistance: distance }),
    })
    await report(index + 1)
  }
  return rows
}

function rowsOf({ features, labels }: ClassifiedFeatures, label: number): FeatureMatrix {
  const rows: number[] = []
  for (const [row, own] of labels.entries()) if (own === label) rows.push(row)
  return takeRows(features, rows)
}

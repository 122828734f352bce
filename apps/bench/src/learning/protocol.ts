import type { MadeSamples } from './made-samples.ts'
import type { RunScores } from './result.ts'

/** How samples that imitate a data set are scored. */
export interface Protocol {
  /** In words, for tables and results. */
  readonly text: string
  /** Samples that the scores of a finished run are of. */
  readonly count: number
  /** Samples of a moment on the way; 0 where a run is looked at only in the end. */
  readonly curveCount: number
  /** The score that tables are sorted by, and curves show. */
  readonly main: string
  readonly better: 'lower' | 'higher'
  /** Scores a run itself, where it is not what it draws that counts. */
  scoreRun?(folder: string): Promise<RunScores>
  /** Reads what is needed of the real side once. */
  open(): Promise<(made: MadeSamples, briefly: boolean) => Promise<Record<string, number>>>
}

import type { LearningRun } from './learning-run.ts'
import { protocolFor } from './protocols.ts'
import type { LearningResult } from './result.ts'

/** A row of a table: runs that differ in their seed alone. */
export interface RowSummary {
  readonly row: string
  /** Runs that have a result, of all. */
  readonly finished: number
  readonly runs: number
  /** Means over the finished runs. */
  readonly minutes: number
  readonly steps: number
  readonly scores: Readonly<Record<string, number>>
  /** The main score of each run. */
  /** The same of what is no model, by name. */
  readonly baselines: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly main: { readonly name: string; readonly values: readonly number[] }
  /** Whether one of them was ended by its budget. */
  readonly outOfTime: boolean
  /** Largest load of the machine when one of them began. */
  readonly load: number
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

/** Rows in the order of the runs; one without any result has no numbers. */
export function summarizeRows(
  runs: readonly LearningRun[],
  results: ReadonlyMap<string, LearningResult>,
): RowSummary[] {
  const rows = new Map<string, LearningRun[]>()
  for (const run of runs) {
    const name = run.twinOf === undefined ? run.row : `${run.row} in PyTorch`
    rows.set(name, [...(rows.get(name) ?? []), run])
  }
  return [...rows].map(([row, own]) => summarize(row, own, results))
}

function summarize(
  row: string,
  runs: readonly LearningRun[],
  results: ReadonlyMap<string, LearningResult>,
): RowSummary {
  const { data } = runs[0]!
  const finished = runs.flatMap(({ id }) => results.get(id) ?? [])
  const names = Object.keys(finished[0]?.scores ?? {})
  const { main } = protocolFor(data)
  const meanOf = (value: (result: LearningResult) => number) => mean(finished.map(value))
  return {
    row,
    finished: finished.length,
    runs: runs.length,
    minutes: meanOf(({ seconds }) => seconds / 60),
    steps: meanOf(({ steps }) => steps),
    scores: Object.fromEntries(names.map((name) => [name, meanOf(({ scores }) => scores[name]!)])),
    baselines: finished[0]?.baselines ?? {},
    main: { name: main, values: finished.map(({ scores }) => scores[main]!) },
    // A twin has its steps' time, whatever it gets done in it.
    outOfTime: runs.some(({ id, steps, twinOf }) => twinOf === undefined && (results.get(id)?.steps ?? steps) < steps),
    load: Math.max(0, ...finished.map(({ load }) => load)),
  }
}

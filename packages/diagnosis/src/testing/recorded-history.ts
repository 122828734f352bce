import { readFile } from 'node:fs/promises'
import type { Look } from '../readings/readings.ts'
import type { Options } from '../verdicts/verdict-rule.ts'

/** What a run was and what was read off it, a column for each reading: see `fixtures/README.md`. */
interface RecordedHistory {
  readonly options: Options
  readonly steps: readonly number[]
  /** Steps at which a stage begins. */
  readonly stages: readonly number[]
  /** By reading; null where a look has none. */
  readonly readings: Readonly<Record<string, readonly (number | null)[]>>
}

/** The options and the looks of a run that has been. */
export async function recordedHistory(name: string): Promise<{ readonly options: Options; readonly looks: Look[] }> {
  const text = await readFile(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8')
  const { options, steps, stages, readings } = JSON.parse(text) as RecordedHistory
  const looks = steps.map((step, index): Look => {
    const own = Object.entries(readings).flatMap(([reading, values]) => {
      const value = values[index]
      return value === null || value === undefined ? [] : [[reading, value] as const]
    })
    return { step, stageFrom: Math.max(0, ...stages.filter((from) => from < step)), readings: Object.fromEntries(own) }
  })
  return { options, looks }
}

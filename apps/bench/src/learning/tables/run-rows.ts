import { type Preset, variants } from '@gantry/variants'
import type { LearningRun } from '../learning-run.ts'

/** A table of docs/learning.md. */
export interface LearningTable {
  /** As `--tables` has it. */
  readonly name: string
  readonly title: string
  /** What its rows are, and what to know before reading them. */
  readonly about: string
  readonly runs: readonly LearningRun[]
}

/** A row, and what its runs have in common. */
export interface Row {
  readonly table: string
  readonly row: string
  readonly variant: string
  readonly preset: Pick<Preset<unknown>, 'data' | 'run' | 'options'>
  readonly seeds: readonly number[]
  readonly minutes?: number
  /** Instead of, or beside, what the preset has. */
  readonly options?: Readonly<Record<string, unknown>>
  readonly startsFrom?: string
}

const MINUTES = 10

/** Settings of a run that say what its data are; how often it is looked at is the bench's own. */
const OF_DATA = ['dataOptions', 'bind', 'validation']

export const BATCH_SIZE = 64

/** One run a seed. */
export function runsOf({
  table,
  row,
  variant,
  preset,
  seeds,
  minutes = MINUTES,
  options,
  startsFrom,
}: Row): LearningRun[] {
  const { steps, batchSize = BATCH_SIZE } = preset.run as { readonly steps: number; readonly batchSize?: number }
  const settings = Object.fromEntries(Object.entries(preset.run).filter(([key]) => OF_DATA.includes(key)))
  return seeds.map((seed) => ({
    ...{ id: `${row}-${seed}`, table, row, variant, data: preset.data, seed, batchSize, steps, minutes },
    ...(Object.keys(settings).length > 0 && { settings }),
    options: { ...(preset.options as Readonly<Record<string, unknown>>), ...options },
    ...(startsFrom !== undefined && { startsFrom }),
  }))
}

/** Presets of this name, of variants that begin by themselves. */
export const presetsCalled = (name: string) =>
  variants
    .filter(({ startsFrom }) => startsFrom === undefined)
    .flatMap((variant) =>
      variant.presets.filter((preset) => preset.name === name).map((preset) => ({ variant: variant.name, preset })),
    )

import { ConfigurationError } from '@gantry/core'
import {
  assignmentsOf,
  latestRunPath,
  mergeSettings,
  newRunPath,
  RunFolder,
  resolveConfig,
  resolveResumed,
  type Settings,
  settingsFromAssignments,
  settingsFromFile,
  settingsFromPreset,
  settingsFromRun,
} from '@gantry/runs/config'
import type { RunConfig } from '@gantry/training'
import { findVariant, type VariantDefinition } from '@gantry/variants'
import { type DataFlags, dataOptionsOf } from './options.ts'
import { note, type OutputFlags } from './output.ts'

/** Flags that are settings of the run, under their own names. */
interface RunFlags {
  readonly data?: string
  readonly steps?: number
  readonly batchSize?: number
  readonly seed?: number
  readonly initFrom?: string
  readonly engine?: string
  readonly device?: string
  readonly onNan?: string
}

export interface TrainFlags extends OutputFlags, RunFlags, DataFlags {
  readonly bind?: readonly string[]
  readonly out?: string
  readonly preset?: string
  readonly config?: string
  readonly set?: readonly string[]
  readonly strict?: boolean
  readonly resume?: boolean
}

/** Which run `gantry train` is about. */
export interface RunPlan {
  readonly path: string
  readonly config: RunConfig
}

/**
 * Turns the command line into a run, new or resumed. Nothing is written, and no engine loaded, before this succeeds.
 *
 * @throws ConfigurationError for everything about the command line that cannot be used
 */
export async function planRun(variantName: string, flags: TrainFlags): Promise<RunPlan> {
  const variant = findVariant(variantName)
  if (flags.resume && flags.initFrom !== undefined) {
    throw new ConfigurationError({
      code: 'OPTIONS_CONFLICT',
      message:
        '--init-from starts a new run from the generator of another, but --resume goes on with a run that has begun.',
      fix: 'Leave one of them out.',
    })
  }
  const settings = await settingsOf(variant, flags)
  return flags.resume ? planResumed(variant, settings, flags.out) : planNew(variant, settings, flags.out)
}

/** Later layers win: flags over `--set` over the file over the preset; defaults are the schemas'. */
async function settingsOf(variant: VariantDefinition, flags: TrainFlags): Promise<Settings> {
  const { data, steps, batchSize, seed, initFrom, engine, device, onNan } = flags
  const given = Object.entries({ data, steps, batchSize, seed, initFrom, engine, device, onNan })
  const run = Object.fromEntries(given.filter(([, value]) => value !== undefined))
  const dataOptions = dataOptionsOf(flags)
  const bind = assignmentsOf('--bind', flags.bind ?? [])
  const own = mergeSettings([
    ...(flags.config === undefined ? [] : [await settingsFromFile(flags.config)]),
    settingsFromAssignments(flags.set ?? [], variant),
    { run: { ...run, dataOptions, bind }, options: {} },
  ])
  const other = own.run.initFrom === undefined ? [] : [await settingsFromRun(own.run.initFrom, variant)]
  if (flags.preset === undefined) {
    if (!flags.resume && other.length === 0) notePresets(variant, own)
    return mergeSettings([...other, own])
  }
  const preset = settingsFromPreset(flags.preset, variant, own.run.data ?? other[0]?.run.data)
  if (preset.note !== undefined) note(preset.note)
  return mergeSettings([preset, ...other, own])
}

/** What papers have takes days on a CPU: who wants nothing of his own is told of settings that were tried with these data. */
function notePresets({ name, presets }: VariantDefinition, { run: { data }, options }: Settings): void {
  const tried = presets.filter((preset) => preset.data === data)
  if (tried.length === 0 || Object.keys(options).length > 0) return
  const calls = tried.map((preset) => `--preset ${preset.name}`)
  note(
    `These are the settings of the paper; for ${data}, ${name} has some that were tried on a CPU: ${calls.join(', ')}.`,
  )
}

async function planNew(variant: VariantDefinition, settings: Settings, out?: string): Promise<RunPlan> {
  const config = resolveConfig(variant, settings)
  const path = out ?? newRunPath(variant.name, config.data)
  await RunFolder.requireFree(path)
  return { path, config }
}

async function planResumed(variant: VariantDefinition, settings: Settings, out?: string): Promise<RunPlan> {
  const path = out ?? latestRunPath(variant.name, resolveConfig(variant, settings).data)
  const before = (await RunFolder.open(path)).config
  return { path, config: resolveResumed(variant, before, settings) }
}

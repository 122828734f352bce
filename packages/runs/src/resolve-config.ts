import { resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { ConfigurationError } from '@gantry/core'
import { absoluteDatasetName } from '@gantry/datasets'
import {
  changeableKeys,
  configureRun,
  parseConfig,
  type RunConfig,
  type RunConfigInput,
  runConfigSchema,
} from '@gantry/training'
import type { VariantDefinition } from '@gantry/variants'
import { findEngine } from './engines/registry.ts'
import { isRate, mayBeLowered } from './lower-rates.ts'
import { mergeSettings } from './settings/settings.ts'

/** Some settings of a run, from one place: the command line, a file, a preset. */
export interface Settings {
  readonly run: Readonly<Partial<Omit<RunConfigInput, 'options'>>>
  /** Of the variant. */
  readonly options: Readonly<Record<string, unknown>>
}

/**
 * The complete configuration of a new run.
 *
 * @throws ConfigurationError `DATA_MISSING`, `BINDING_UNUSED`, `ENGINE_UNKNOWN`, `DEVICE_UNKNOWN`, and those of `parseConfig`; UnsupportedError
 * `DEVICE_UNAVAILABLE`
 *
 * @example
 * ```ts
 * const config = resolveConfig(findVariant('dcgan'), { run: { data: 'mnist', steps: 500 }, options: { generatorWidth: 32 } })
 * ```
 */
export function resolveConfig(variant: VariantDefinition, { run, options }: Settings): RunConfig {
  if (run.data === undefined) {
    throw new ConfigurationError({
      code: 'DATA_MISSING',
      message: 'There is no data set to train on.',
      fix: "Name one with '--data'; 'gantry list datasets' shows them.",
    })
  }
  const config = configureRun(variant, { ...run, data: run.data, options })
  checkBinding(variant, config)
  return {
    ...config,
    // A run must find its images again from any working directory.
    data: absoluteDatasetName(config.data),
    ...(config.validation !== undefined && { validation: absoluteDatasetName(config.validation) }),
    ...(config.initFrom !== undefined && { initFrom: resolve(config.initFrom) }),
    engine: findEngine(config.engine, config.device).name,
  }
}

/**
 * The configuration of a run that goes on: as it was, with what may change, such as more steps.
 *
 * @throws ConfigurationError `RESUME_MISMATCH` when the settings ask for another run, naming what differs
 */
export function resolveResumed(variant: VariantDefinition, before: RunConfig, { run, options }: Settings): RunConfig {
  const { variant: variantBefore, options: optionsBefore, ...runBefore } = before
  if (variant.name !== variantBefore) throw resumeMismatch('variant', variantBefore, variant.name)
  const config = resolveConfig(
    variant,
    mergeSettings([
      { run: runBefore, options: optionsBefore },
      { run, options },
    ]),
  )
  checkSameRun(variant, before, config)
  return config
}

/**
 * Refuses to go on with a run as another one.
 *
 * @param before what its folder has
 * @throws ConfigurationError `RESUME_MISMATCH`, naming what differs and may not change
 */
export function checkSameRun(variant: VariantDefinition, before: RunConfig, config: RunConfig): void {
  if (variant.name !== before.variant) throw resumeMismatch('variant', before.variant, variant.name)
  // Options that the variant has got since then were at their defaults.
  const options = parseConfig(variant.schema, before.options, `The variant '${variant.name}'`)
  const complete = { ...before, options }
  for (const key of Object.keys(runConfigSchema.shape) as (keyof RunConfig)[]) {
    if (!changeableKeys.has(key)) checkSame(key, complete[key], config[key])
  }
}

/** Of groups of settings, the one that differs is named. */
function checkSame(key: string, before: unknown, now: unknown): void {
  if (isDeepStrictEqual(before, now)) return
  if (!isGroup(before) || !isGroup(now)) throw resumeMismatch(key, before, now)
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])]
  const different = names.find(
    (name) => !isDeepStrictEqual(before[name], now[name]) && !mayBeLowered(name, before[name], now[name]),
  )
  if (different === undefined) return
  throw resumeMismatch(different, before[different], now[different])
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function resumeMismatch(key: string, before: unknown, now: unknown): ConfigurationError {
  const describe = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value))
  return new ConfigurationError({
    code: 'RESUME_MISMATCH',
    message: `The run was started with ${key} ${describe(before)} but is to go on with ${describe(now)}.`,
    fix: `${wayOn(key, before)}, or start a new run with another '--out'.`,
  })
}

/** A variant cannot be left out: every call names one. */
function wayOn(key: string, before: unknown): string {
  if (isRate(key)) return 'A run that goes on may have a lower one, no higher one: leave it out'
  return key === 'variant' ? `Name that variant: 'gantry train ${before} …'` : 'Leave that setting out'
}

/** What is bound by hand is wanted: a run that would pass over it is not the one that was asked for. */
function checkBinding({ name, needs }: VariantDefinition, { bind, options }: RunConfig): void {
  for (const [slot, field] of Object.entries(bind)) {
    const unused = Object.entries(needs[slot]?.unusedWith ?? {}).find(([option, value]) => options[option] === value)
    if (unused === undefined) continue
    const [option, value] = unused
    throw new ConfigurationError({
      code: 'BINDING_UNUSED',
      message: `'${field}' is bound to '${slot}', but ${name} passes over its ${slot} with ${option}=${value}.`,
      fix: `Choose another value of it ('gantry list variants ${name}' shows them), or leave '--bind ${slot}=${field}' out.`,
    })
  }
}

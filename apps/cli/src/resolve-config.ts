import { resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { ConfigurationError } from '@gantry/core'
import { parseConfig, type RunConfig, runConfigSchema } from '@gantry/training'
import type { VariantDefinition } from '@gantry/variants'
import type { Settings } from './settings.ts'

/** What decides the numbers of a run: it cannot change between its attempts. */
const fixedKeys = ['data', 'size', 'channels', 'batchSize', 'seed', 'initFrom', 'options'] as const

/**
 * The complete configuration of a new run.
 *
 * @throws ConfigurationError `DATA_MISSING`, and those of `parseConfig`
 */
export function resolveConfig(variant: VariantDefinition, { run, options }: Settings): RunConfig {
  if (run.data === undefined) {
    throw new ConfigurationError({
      code: 'DATA_MISSING',
      message: 'There is no data set to train on.',
      fix: "Name one with '--data'; 'gantry list datasets' shows them.",
    })
  }
  const resolved = parseConfig(variant.schema, options, `The variant '${variant.name}'`)
  const config = parseConfig(runConfigSchema, { ...run, variant: variant.name, options: resolved }, 'The run')
  return {
    ...config,
    data: absoluteData(config.data),
    ...(config.initFrom !== undefined && { initFrom: resolve(config.initFrom) }),
    engine: config.engine === 'auto' ? 'onnxruntime' : config.engine,
  }
}

/**
 * The configuration of a run that goes on: as it was, with what may change, such as more steps.
 *
 * @throws ConfigurationError `RESUME_MISMATCH` when the settings ask for another run
 */
export function resolveResumed(variant: VariantDefinition, before: RunConfig, { run, options }: Settings): RunConfig {
  const { variant: variantBefore, options: optionsBefore, ...runBefore } = before
  if (variant.name !== variantBefore) throw resumeMismatch('variant', variantBefore, variant.name)
  const config = resolveConfig(variant, { run: { ...runBefore, ...run }, options: { ...optionsBefore, ...options } })
  for (const key of fixedKeys) {
    if (!isDeepStrictEqual(config[key], before[key])) throw resumeMismatch(key, before[key], config[key])
  }
  return config
}

function resumeMismatch(key: string, before: unknown, now: unknown): ConfigurationError {
  return new ConfigurationError({
    code: 'RESUME_MISMATCH',
    message: `The run was started with ${key} ${JSON.stringify(before)} but is to go on with ${JSON.stringify(now)}.`,
    fix: "Leave that setting out, or start a new run with another '--out'.",
  })
}

/** A run must find its images again from any working directory. */
function absoluteData(data: string): string {
  const [, path] = /^folder:([^~].*)$/s.exec(data) ?? []
  return path === undefined ? data : `folder:${resolve(path)}`
}

import type { z } from 'zod'
import { parseConfig } from './parse-config.ts'
import { type RunConfig, type RunConfigInput, runConfigSchema } from './run-config.ts'

/** What a configuration needs to know of a variant. */
export interface ConfiguredVariant {
  readonly name: string
  readonly schema: z.ZodObject
}

/**
 * The complete configuration of a run: all settings, and all options of its variant, defaults included. Its model is built from
 * it (`buildModel`), its data are opened by it, and its record holds it: one object makes them all.
 *
 * @throws ConfigurationError `OPTION_UNKNOWN`, `OPTION_INVALID`
 *
 * @example
 * ```ts
 * const config = configureRun(vanilla, { data: 'ring8', steps: 500, batchSize: 256, options: { hiddenUnits: 64 } })
 * ```
 */
export function configureRun(variant: ConfiguredVariant, settings: Omit<RunConfigInput, 'variant'>): RunConfig {
  const options = parseConfig(variant.schema, settings.options ?? {}, `The variant '${variant.name}'`)
  return parseConfig(runConfigSchema, { ...settings, variant: variant.name, options }, 'The run')
}

import { type RunConfig, type RunConfigInput, runConfigSchema } from '../run-config.ts'

/** A short run of the tiny model. */
export function tinyConfig(changes: Partial<RunConfigInput> = {}): RunConfig {
  const defaults = { variant: 'tiny', data: 'tiny', batchSize: 8, steps: 20, logEvery: 5, sampleEvery: 10 }
  return runConfigSchema.parse({ ...defaults, checkpointEvery: 5, sampleCount: 9, ...changes })
}

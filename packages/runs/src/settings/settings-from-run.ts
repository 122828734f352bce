import type { VariantDefinition } from '@gantry/variants'
import type { Settings } from '../resolve-config.ts'
import { RunFolder } from '../run-folder.ts'

/**
 * What a variant that goes on with the networks of another run takes over from it: their options, its data. Nothing for variants that
 * begin by themselves.
 *
 * @throws ConfigurationError `RUN_MISSING`
 */
export async function settingsFromRun(path: string, { startsFrom }: VariantDefinition): Promise<Settings> {
  if (startsFrom === undefined) return { run: {}, options: {} }
  const { data, dataOptions, bind, options } = (await RunFolder.open(path)).config
  const taken = Object.entries(options).filter(([name]) => startsFrom.options.includes(name))
  return { run: { data, dataOptions, bind }, options: Object.fromEntries(taken) }
}

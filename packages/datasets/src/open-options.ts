import { ConfigurationError, nearest } from '@gantry/core'
import { type DatasetOption, listedName, type OpenDatasetOptions } from './dataset-definition.ts'
import type { FoundDataset } from './find-dataset.ts'

/** What every data set takes: a set without files has nothing that could be skipped or downloaded. */
const everywhere: readonly string[] = ['strict', 'onProgress', 'signal']

/** The options that a data set understands: its own, and those of the data sets that it is made of, by name. */
export function optionsOf({ definition, parts }: FoundDataset): readonly DatasetOption[] {
  const all = [...definition.options, ...parts.flatMap(optionsOf)]
  return [...new Map(all.map((option) => [option.name, option])).values()]
}

/** Those of the options that decide what the samples are, and not how they are opened. */
export function contentOptions(options: OpenDatasetOptions): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => value !== undefined && !everywhere.includes(name)),
  )
}

/** Those of the options that a data set understands. */
export function understoodOf(found: FoundDataset, options: OpenDatasetOptions): OpenDatasetOptions {
  const names = [...everywhere, ...optionsOf(found).map(({ name }) => name)]
  return Object.fromEntries(Object.entries(options).filter(([name]) => names.includes(name)))
}

/**
 * Checks that every option is understood, and by each data set that understands it.
 *
 * @throws ConfigurationError `DATASET_OPTION_UNSUPPORTED`, or what an option says of its value
 */
export function checkOpenOptions(found: FoundDataset, options: OpenDatasetOptions): void {
  const known = optionsOf(found)
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || everywhere.includes(name)) continue
    if (!known.some((option) => option.name === name)) throw unsupported(found, name, known)
    checkValue(found, name, value)
  }
}

function checkValue({ definition, parts }: FoundDataset, name: string, value: unknown): void {
  definition.options.find((option) => option.name === name)?.check(value, listedName(definition))
  for (const part of parts) checkValue(part, name, value)
}

function unsupported(
  { definition, parameter, parts }: FoundDataset,
  option: string,
  known: readonly DatasetOption[],
): ConfigurationError {
  const names = known.map(({ name }) => name)
  const close = nearest(option, names)
  const dataset = parts.length > 0 ? `${definition.name}:${parameter}` : listedName(definition)
  return new ConfigurationError({
    code: 'DATASET_OPTION_UNSUPPORTED',
    message: `The data set ${dataset} has no option '${option}'${names.length > 0 ? `, only ${names.join(', ')}` : ''}.`,
    fix: close === undefined ? 'Leave it out.' : `Did you mean '${close}'?`,
  })
}

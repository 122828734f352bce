import { ConfigurationError, type Dataset, type Shard } from '@gantry/core'
import { shareOf } from './batch-share.ts'
import type { RunConfig } from './run-config.ts'
import type { TrainedModel } from './train-options.ts'

type Named = Readonly<Record<string, unknown>>

/**
 * Refuses a model, and data, that are not those of the configuration: nothing could export, sample or resume such a run, since its
 * record would build another one.
 *
 * @throws ConfigurationError `CONFIGURATION_MISMATCH`, naming what differs
 */
export function checkModel(
  { builtFrom }: TrainedModel,
  dataset: Pick<Dataset, 'options'>,
  { variant, options, batchSize, seed, dataOptions }: RunConfig,
  shard?: Shard,
): void {
  if (dataset.options !== undefined) compare('The data set was opened with', dataset.options, dataOptions)
  if (builtFrom === undefined) return
  const rows = shard ? shareOf(shard, batchSize).rows : batchSize
  const { options: own, ...rest } = builtFrom
  compare('The model was built with', { ...rest }, { variant, batchSize: rows, seed })
  compare('The model was built with', own, options)
}

function compare(what: string, own: Named, configured: Named): void {
  const names = new Set([...Object.keys(own), ...Object.keys(configured)])
  for (const name of names) {
    const [left, right] = [written(own[name]), written(configured[name])]
    if (left === right) continue
    throw new ConfigurationError({
      code: 'CONFIGURATION_MISMATCH',
      message: `${what} ${left === undefined ? `no ${name}` : `${name} ${left}`}, but its configuration ${
        right === undefined ? 'says nothing of it' : `says ${right}`
      }: what the run leaves behind could not be opened again.`,
      fix: 'Make all of one object: config = configureRun(variant, settings), openDataset(config.data, config.dataOptions), buildModel(variant, config, dataset.fields).',
    })
  }
}

/** As JSON has it, whatever the order of keys; undefined for what JSON leaves out. */
function written(value: unknown): string | undefined {
  return JSON.stringify(value, (_, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
      : inner,
  )
}

import { ConfigurationError, suggestion } from '@gantry/core'
import { table } from '@gantry/reports/text'
import { Command } from 'commander'
import { type OutputFlags, present } from '../output.ts'

const lists = { variants: listVariants, datasets: listDatasetsFor, metrics: listMetrics, engines: listEnginesFor }

export function listCommand(): Command {
  return new Command('list')
    .argument(`<${Object.keys(lists).join('|')}>`)
    .argument('[variant]', 'one variant, with all its options')
    .description('list what there is')
    .action(list)
}

/** `gantry list`: the variants, data sets, metrics or engines that can be named. */
async function list(what: string, wanted: string | undefined, flags: OutputFlags): Promise<void> {
  const names = Object.keys(lists)
  if (!names.includes(what)) {
    throw new ConfigurationError({
      code: 'LIST_UNKNOWN',
      message: `There is no list '${what}'.`,
      fix: suggestion(what, names),
    })
  }
  if (wanted !== undefined && what !== 'variants') {
    throw new ConfigurationError({
      code: 'ARGUMENT_UNEXPECTED',
      message: `gantry list ${what} takes no name, but '${wanted}' is given.`,
      fix: 'Leave it out.',
    })
  }
  await lists[what as keyof typeof lists](flags, wanted)
}

/** All variants at a glance, or everything about one of them. */
async function listVariants(flags: OutputFlags, wanted?: string): Promise<void> {
  const { findVariant, variants } = await import('@gantry/variants')
  const shown = wanted === undefined ? variants : [findVariant(wanted)]
  // JSON Schemas of the options, for editors.
  const entries = shown.map(({ schema, ...rest }) => ({ ...rest, schema: schema.toJSONSchema({ io: 'input' }) }))
  const { describeVariant, listVariantsBriefly } = await import('@gantry/reports/text')
  const lines = wanted === undefined ? listVariantsBriefly(entries) : entries.flatMap(describeVariant)
  present(flags, { variants: entries }, lines)
}

async function listDatasetsFor(flags: OutputFlags): Promise<void> {
  const { listDatasets } = await import('@gantry/datasets')
  const datasets = listDatasets()
  const rows = datasets.map(({ name, gives, ...set }) => [name, `${gives}`, `${set.description} (${set.licence})`])
  present(flags, { datasets }, table(rows))
}

async function listMetrics(flags: OutputFlags): Promise<void> {
  const { metrics: definitions } = await import('@gantry/metrics')
  const metrics = definitions.map(({ name, description }) => ({ name, description }))
  present(flags, { metrics }, table(metrics.map(({ name, description }) => [name, description])))
}

async function listEnginesFor(flags: OutputFlags): Promise<void> {
  const { listEngines } = await import('@gantry/runs/config')
  const engines = await listEngines()
  const rows = engines.map(({ name, device, available, detail }) => [name, device, available ? 'yes' : 'no', detail])
  present(flags, { engines }, table(rows))
}

import { ConfigurationError, suggestion } from '@gantry/core'
import { Command } from 'commander'
import { type OutputFlags, present, table } from '../output.ts'

const lists = { variants: listVariants, datasets: listDatasetsFor, metrics: listMetrics, engines: listEnginesFor }

export function listCommand(): Command {
  return new Command('list')
    .argument(`<${Object.keys(lists).join('|')}>`)
    .description('list what there is')
    .action(list)
}

/** `gantry list`: the variants, data sets, metrics or engines that can be named. */
async function list(what: string, flags: OutputFlags): Promise<void> {
  const names = Object.keys(lists)
  if (!names.includes(what)) {
    throw new ConfigurationError({
      code: 'LIST_UNKNOWN',
      message: `There is no list '${what}'.`,
      fix: suggestion(what, names),
    })
  }
  await lists[what as keyof typeof lists](flags)
}

async function listVariants(flags: OutputFlags): Promise<void> {
  const { variants } = await import('@gantry/variants')
  const entries = variants.map(({ name, title, description, paper, needs, schema, presets }) => ({
    name,
    title,
    description,
    paper,
    needs,
    /** JSON Schema of the options, for editors. */
    schema: schema.toJSONSchema({ io: 'input' }),
    presets: Object.entries(presets).map(([preset, { description: text }]) => ({ name: preset, description: text })),
  }))
  const lines = entries.flatMap(({ name, title, description, paper, needs, schema, presets }) => [
    `${name}: ${title}, ${description} (${paper.authors} ${paper.year})`,
    ...table([
      ...Object.entries(needs).map(([slot, need]) => [`needs ${slot}`, '', need.modalities.join(' or ')]),
      ...Object.entries(schema.properties ?? {}).map(([option, spec]) => describeOption(option, spec as OptionSchema)),
      ...presets.map((preset) => [`--preset ${preset.name}`, '', preset.description]),
    ]),
  ])
  present(flags, { variants: entries }, lines)
}

type OptionSchema = { default?: unknown; description?: string; enum?: string[] }

function describeOption(name: string, { description = '', ...schema }: OptionSchema): string[] {
  const choices = schema.enum ? ` (${schema.enum.join(', ')})` : ''
  return [name, JSON.stringify(schema.default) ?? '', `${description}${choices}`]
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

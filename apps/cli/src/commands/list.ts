import { ConfigurationError, suggestion } from '@gantry/core'
import type { VariantDefinition } from '@gantry/variants'
import { Command } from 'commander'
import { type OutputFlags, present, table } from '../output.ts'

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
  const entries = shown.map(({ schema, ...variant }) => ({
    name: variant.name,
    title: variant.title,
    description: variant.description,
    paper: variant.paper,
    needs: variant.needs,
    /** JSON Schema of the options, for editors. */
    schema: schema.toJSONSchema({ io: 'input' }),
    presets: variant.presets,
  }))
  present(flags, { variants: entries }, wanted === undefined ? overview(entries) : entries.flatMap(describeVariant))
}

interface VariantEntry extends Omit<VariantDefinition, 'schema' | 'build' | 'stages'> {
  readonly schema: { readonly properties?: Readonly<Record<string, unknown>> }
}

function overview(entries: readonly VariantEntry[]): string[] {
  const names = new Set(entries.flatMap(({ presets }) => presets.map(({ name }) => name)))
  return [
    `gantry train VARIANT --data DATASET --preset NAME   with ${[...names].join(', ')} as NAME: settings that were tried`,
    'gantry list variants VARIANT                        all options of one, and what its presets set',
    '',
    ...table(
      entries.map((entry) => [
        entry.name,
        `${entry.title}, ${entry.description} (${entry.paper.authors} ${entry.paper.year})`,
        [...names].flatMap((name) => presetOf(entry, name) ?? []).join('; '),
      ]),
    ),
  ]
}

/** `good: mnist, emoji`: what the presets of a name were tried on. */
function presetOf({ presets }: VariantEntry, name: string): string | undefined {
  const data = presets.flatMap((preset) => (preset.name === name ? [preset.data] : []))
  return data.length === 0 ? undefined : `${name}: ${data.join(', ')}`
}

function describeVariant({ name, title, description, paper, needs, schema, presets }: VariantEntry): string[] {
  return [
    `${name}: ${title}, ${description} (${paper.authors} ${paper.year})`,
    ...presets.flatMap((preset) => [
      `  --preset ${preset.name} --data ${preset.data}   ${preset.description}${scoresOf(preset)}`,
      `      ${assignmentsOfPreset(preset)}`,
    ]),
    ...table([
      ...Object.entries(needs).map(([slot, need]) => [`needs ${slot}`, '', need.modalities.join(' or ')]),
      ...Object.entries(schema.properties ?? {}).map(([option, spec]) => describeOption(option, spec as OptionSchema)),
    ]),
  ]
}

function scoresOf({ scores = {} }: VariantEntry['presets'][number]): string {
  const texts = Object.entries(scores).map(([name, value]) => `${name} ${value}`)
  return texts.length === 0 ? '' : `: ${texts.join(', ')}`
}

function assignmentsOfPreset({ run, options }: VariantEntry['presets'][number]): string {
  return Object.entries({ ...run, ...options })
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ')
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

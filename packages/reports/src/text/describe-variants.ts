import type { VariantDefinition } from '@gantry/variants'
import { table } from './table.ts'

/** A variant as lists have it. */
export interface VariantEntry extends Omit<VariantDefinition, 'schema' | 'build' | 'stages'> {
  readonly schema: { readonly properties?: Readonly<Record<string, unknown>> }
}

/** All variants at a glance, what may be tried first. */
export function listVariantsBriefly(entries: readonly VariantEntry[]): string[] {
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

/** Everything about one variant. */
export function describeVariant({ name, title, description, paper, needs, schema, presets }: VariantEntry): string[] {
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

import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { architectureOptions } from './architectures/architecture-options.ts'
import { gameOptions } from './game/game-options.ts'
import { lossOptions } from './game/loss-options.ts'
import { playerOptions } from './game/player-options.ts'
import { stabiliserOptions } from './game/stabiliser-options.ts'
import { updateOptions } from './game/update-options.ts'
import { variants } from './registry.ts'

type Field = { readonly default?: unknown; readonly description?: string; readonly enum?: readonly unknown[] } & Record<
  string,
  unknown
>

const fieldsOf = (schema: z.ZodObject) =>
  (schema.toJSONSchema({ io: 'input' }).properties ?? {}) as Readonly<Record<string, Field>>

const common = fieldsOf(gameOptions)
const groups: Readonly<Record<string, readonly string[]>> = {
  'Networks of both players': Object.keys(architectureOptions.shape),
  'Loss and labels': Object.keys(lossOptions.shape),
  'Updates and optimizers': Object.keys({ ...updateOptions.shape, ...playerOptions.shape }),
  Stabilisers: Object.keys(stabiliserOptions.shape),
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

const code = (value: unknown) => (value === undefined ? '–' : `\`${JSON.stringify(value).replaceAll('"', '')}\``)

/** Values that an option may have: the names of an enumeration, or a type with its limits. */
function valuesOf({ enum: names, type, minimum, maximum, exclusiveMinimum, exclusiveMaximum, items }: Field): string {
  if (names) return names.map(code).join(', ')
  if (type === 'array') return `list of ${valuesOf(items as Field)}`
  if (type === 'boolean') return 'true or false'
  const limits = [
    minimum !== undefined && `≥ ${minimum}`,
    exclusiveMinimum !== undefined && `> ${exclusiveMinimum}`,
    maximum !== undefined && `≤ ${maximum}`,
    exclusiveMaximum !== undefined && `< ${exclusiveMaximum}`,
  ].filter((limit) => limit !== false)
  return [type === 'integer' ? 'whole number' : 'number', ...limits].join(' ')
}

const rowsOf = (fields: Readonly<Record<string, Field>>, names: readonly string[]) =>
  names.map((name) => [`\`${name}\``, code(fields[name]!.default), valuesOf(fields[name]!), fields[name]!.description!])

/** What a variant has instead of the common options. */
function variantRow({ name, schema }: (typeof variants)[number]): string[] {
  const own = fieldsOf(schema)
  const other = Object.keys(own).filter(
    (key) => key in common && JSON.stringify(own[key]!.default) !== JSON.stringify(common[key]!.default),
  )
  return [
    `[\`${name}\`](variants/${name}.md)`,
    other.map((key) => `\`${key}\` ${code(own[key]!.default)}`).join(', '),
    Object.keys(own)
      .filter((key) => !(key in common))
      .map((key) => `\`${key}\` ${code(own[key]!.default)}`)
      .join(', '),
    Object.keys(common)
      .filter((key) => !(key in own))
      .map((key) => `\`${key}\``)
      .join(', '),
  ]
}

const head = ['Option', 'Default', 'Values', 'What it does']

function page(): string {
  const extra = variants.flatMap(({ name, schema }) => {
    const own = fieldsOf(schema)
    return rowsOf(
      own,
      Object.keys(own).filter((key) => !(key in common)),
    ).map((row) => [`\`${name}\``, ...row])
  })
  return `# Options of all variants

Written by \`npx vitest run --project variants variant-options -u\` from the schemas; a test fails when it is out of date.

Set one with \`gantry train VARIANT --set name=value\`, or in a settings file under \`options\`. \`gantry list variants --json\`
has a JSON Schema of every variant's options, for editors.

${Object.entries(groups)
  .map(([title, names]) => `## ${title}\n\n${table(head, rowsOf(common, names))}`)
  .join('\n\n')}

## Options of one variant

${table(['Variant', ...head], extra)}

## What variants have instead

An option that is left out is what makes the variant what it is, or has no meaning there.

${table(['Variant', 'Other defaults', 'Own options', 'Left out'], variants.map(variantRow))}
`
}

describe('the page of options', () => {
  it('has every option of the game in one group', () => {
    expect(Object.values(groups).flat().sort()).toEqual(Object.keys(common).sort())
  })

  it('is the page in the docs', async () => {
    await expect(page()).toMatchFileSnapshot('../../../docs/variant-options.md')
  })
})

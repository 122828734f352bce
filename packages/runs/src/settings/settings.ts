import { readFile } from 'node:fs/promises'
import { ConfigurationError, parseNumber, suggestion } from '@gantry/core'
import { listDatasets } from '@gantry/datasets'
import { runConfigSchema, unwrapped } from '@gantry/training'
import { findPreset, type VariantDefinition } from '@gantry/variants'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Settings } from '../resolve-config.ts'
import { upgradeConfig } from '../upgrade-config.ts'
import { assignmentOf } from './assignments.ts'

/** `variant` is an argument of its own, the others are groups. */
const groups = ['variant', 'options', 'dataOptions', 'bind']
const runKeys = Object.keys(runConfigSchema.shape).filter((key) => !groups.includes(key))

/** A later layer wins over an earlier one, key by key, in the groups of data options and bindings too. */
export function mergeSettings(layers: readonly Settings[]): Settings {
  const runs = layers.map(({ run }) => run)
  return {
    run: {
      ...Object.assign({}, ...runs),
      dataOptions: Object.assign({}, ...runs.map(({ dataOptions }) => dataOptions)),
      bind: Object.assign({}, ...runs.map(({ bind }) => bind)),
    },
    options: Object.assign({}, ...layers.map(({ options }) => options)),
  }
}

/**
 * Settings from `--set key=value`: keys of the run, options of data sets, or options of the variant. Values are JSON where they can
 * be, text otherwise; lists are also what people write, `a,b`.
 *
 * @throws ConfigurationError `SETTING_INVALID`, `OPTION_UNKNOWN` with the nearest key of any kind
 */
export function settingsFromAssignments(assignments: readonly string[], variant: VariantDefinition): Settings {
  const run: Record<string, unknown> = {}
  const dataOptions: Record<string, unknown> = {}
  const options: Record<string, unknown> = {}
  const optionKeys = Object.keys(variant.schema.shape)
  const dataKeys = new Set(listDatasets().flatMap((listed) => listed.options.map(({ name }) => name)))
  for (const assignment of assignments) {
    const [key, text] = assignmentOf('--set', assignment)
    if (runKeys.includes(key)) run[key] = valueFor(runConfigSchema.shape[key as 'scoreMetrics'], text)
    else if (optionKeys.includes(key)) options[key] = valueFor(variant.schema.shape[key], text)
    else if (dataKeys.has(key)) dataOptions[key] = parseValue(text)
    else throw unknownKey(`A run of the variant '${variant.name}'`, key, [...runKeys, ...optionKeys, ...dataKeys])
  }
  return { run: { ...run, dataOptions }, options }
}

/**
 * Settings from a JSON or YAML file: keys of the run, and the variant's under `options`. A run's own `config.json` works.
 *
 * @throws ConfigurationError `CONFIG_UNREADABLE`, `OPTION_UNKNOWN` with the nearest key
 */
export async function settingsFromFile(path: string): Promise<Settings> {
  const unreadable = (detail: string, cause?: unknown) =>
    new ConfigurationError({ code: 'CONFIG_UNREADABLE', message: `The settings in ${path} ${detail}`, cause })
  let content: unknown
  try {
    // YAML 1.2 contains JSON.
    content = parse(await readFile(path, 'utf8'), { logLevel: 'error' }) ?? {}
  } catch (cause) {
    throw unreadable(`cannot be read: ${(cause as Error).message}`, cause)
  }
  if (typeof content !== 'object' || Array.isArray(content)) throw unreadable('are not an object with keys.')
  // What a run's own config.json says beyond settings is no setting.
  const {
    variant: _,
    versions: __,
    dataset: ___,
    ...settings
  } = upgradeConfig(content as Record<string, unknown>, path)
  const { options = {}, dataOptions = {}, bind = {}, ...run } = settings
  const known = [...runKeys, 'options', 'dataOptions', 'bind']
  for (const key of Object.keys(run)) if (!runKeys.includes(key)) throw unknownKey(path, key, known)
  for (const [name, group] of Object.entries({ options, dataOptions, bind })) {
    if (typeof group !== 'object' || group === null) throw unreadable(`have '${name}' that are not an object.`)
    // Merged into other settings it would not be a key, but change what they inherit.
    if (Object.hasOwn(group, '__proto__')) throw unreadable(`have '__proto__' in '${name}', which is no setting.`)
  }
  return {
    run: { ...run, dataOptions: dataOptions as Record<string, unknown>, bind: bind as Record<string, string> },
    options: options as Record<string, unknown>,
  }
}

/** Settings from a preset, and what a person should know of it. */
export interface PresetSettings extends Settings {
  readonly note?: string
}

/**
 * @param data what is to be trained on, where that is said elsewhere: what a preset is validated on is a part of its own data, and is left
 * out for others
 * @throws ConfigurationError `PRESET_UNKNOWN` with the nearest name
 */
export function settingsFromPreset(name: string, variant: VariantDefinition, data?: string): PresetSettings {
  const { preset, madeFor } = findPreset(variant, name, data)
  const { options } = preset
  const { validation: _, ...anywhere } = preset.run
  const run = (data ?? preset.data) === preset.data ? preset.run : anywhere
  const note = `the preset '${name}' of ${variant.name} was made for ${madeFor?.join(', ')}: nobody has tried it on ${data}`
  return { run: { data: preset.data, ...run }, options, ...(madeFor && { note }) }
}

function unknownKey(owner: string, key: string, known: readonly string[]): ConfigurationError {
  return new ConfigurationError({
    code: 'OPTION_UNKNOWN',
    message: `${owner} has no setting '${key}'.`,
    fix: suggestion(key, known),
  })
}

/** A value for what a schema takes: of a list, `[.5, 1.]` and `.5,1.` too. */
function valueFor(schema: unknown, text: string): unknown {
  const value = parseValue(text)
  if (Array.isArray(value) || !(unwrapped(schema) instanceof z.ZodArray)) return value
  const [, inside = text] = /^\s*\[(.*)\]\s*$/s.exec(text) ?? []
  return inside.trim() === '' ? [] : inside.split(',').map((each) => parseValue(each.trim()))
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return parseNumber(text) ?? text
  }
}

import { readFile } from 'node:fs/promises'
import { ConfigurationError, suggestion } from '@gantry/core'
import { type RunConfigInput, runConfigSchema } from '@gantry/training'
import type { VariantDefinition } from '@gantry/variants'
import { parse } from 'yaml'

/** Some settings, from one place; a later layer wins over an earlier one, key by key. */
export interface Settings {
  readonly run: Readonly<Partial<Omit<RunConfigInput, 'options'>>>
  /** Of the variant. */
  readonly options: Readonly<Record<string, unknown>>
}

/** `variant` is an argument of its own, `options` a group. */
const runKeys = Object.keys(runConfigSchema.shape).filter((key) => key !== 'variant' && key !== 'options')

export function mergeSettings(layers: readonly Settings[]): Settings {
  return {
    run: Object.assign({}, ...layers.map(({ run }) => run)),
    options: Object.assign({}, ...layers.map(({ options }) => options)),
  }
}

/**
 * Settings from `--set key=value`: keys of the run, or options of the variant. Values are JSON where they can be, text
 * otherwise.
 *
 * @throws ConfigurationError `SETTING_INVALID`, `OPTION_UNKNOWN` with the nearest key of either kind
 */
export function settingsFromAssignments(assignments: readonly string[], variant: VariantDefinition): Settings {
  const run: Record<string, unknown> = {}
  const options: Record<string, unknown> = {}
  const optionKeys = Object.keys(variant.schema.shape)
  for (const assignment of assignments) {
    const [, key, text] = /^([^=]+)=(.*)$/s.exec(assignment) ?? []
    if (key === undefined || text === undefined) {
      throw new ConfigurationError({
        code: 'SETTING_INVALID',
        message: `--set needs key=value but got '${assignment}'.`,
      })
    }
    if (runKeys.includes(key)) run[key] = parseValue(text)
    else if (optionKeys.includes(key)) options[key] = parseValue(text)
    else throw unknownKey(`A run of the variant '${variant.name}'`, key, [...runKeys, ...optionKeys])
  }
  return { run, options }
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
    content = parse(await readFile(path, 'utf8')) ?? {}
  } catch (cause) {
    throw unreadable(`cannot be read: ${(cause as Error).message}`, cause)
  }
  if (typeof content !== 'object' || Array.isArray(content)) throw unreadable('are not an object with keys.')
  const { variant: _variant, versions: _versions, options = {}, ...run } = content as Record<string, unknown>
  for (const key of Object.keys(run)) if (!runKeys.includes(key)) throw unknownKey(path, key, [...runKeys, 'options'])
  if (typeof options !== 'object' || options === null) throw unreadable("have 'options' that are not an object.")
  return { run, options: options as Record<string, unknown> }
}

/** @throws ConfigurationError `PRESET_UNKNOWN` with the nearest name */
export function settingsFromPreset(name: string, { name: variant, presets }: VariantDefinition): Settings {
  const preset = presets[name]
  if (preset === undefined) {
    throw new ConfigurationError({
      code: 'PRESET_UNKNOWN',
      message: `The variant '${variant}' has no preset '${name}'.`,
      fix: suggestion(name, Object.keys(presets)),
    })
  }
  return { run: { ...(preset.data && { data: preset.data }), ...preset.run }, options: preset.options }
}

function unknownKey(owner: string, key: string, known: readonly string[]): ConfigurationError {
  return new ConfigurationError({
    code: 'OPTION_UNKNOWN',
    message: `${owner} has no setting '${key}'.`,
    fix: suggestion(key, known),
  })
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

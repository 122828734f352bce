import { ConfigurationError, suggestion } from '@gantry/core'
import type { VariantDefinition } from './variant-definition.ts'

/** A named choice of options, with the run that they were tried in. */
export interface Preset<Options> {
  /** Several presets of a variant may share a name, each for data of its own. */
  readonly name: string
  readonly description: string
  /** The data set that it was made for. */
  readonly data: string
  /** Settings of the run: steps, batch size, options of its data. */
  readonly run: Readonly<Record<string, unknown>>
  readonly options: Partial<Options>
  /** What runs with it score, by the protocol of docs/learning.md: the mean of several seeds, by metric. */
  readonly scores?: Readonly<Record<string, number>>
}

/** The preset that a name means for some data. */
export interface PresetChoice {
  readonly preset: Preset<Record<string, unknown>>
  /** Set where the preset was made for other data than what it is to be used on. */
  readonly madeFor?: readonly string[]
}

/** `emoji:google` is data of `emoji`. */
const family = (data: string) => data.replace(/^(training|held-out):/, '').split(':')[0]!

/**
 * The variant's preset of this name that was made for the data, else the first of that name.
 *
 * @param data what is trained on; default: what the first preset of that name was made for
 * @throws ConfigurationError `PRESET_UNKNOWN` with the nearest name
 *
 * @example
 * ```ts
 * const { preset } = findPreset(findVariant('cgan'), 'good', 'fashion-mnist')
 * ```
 */
export function findPreset(
  { name: variant, presets }: Pick<VariantDefinition, 'name' | 'presets'>,
  name: string,
  data?: string,
): PresetChoice {
  const named = presets.filter((preset) => preset.name === name)
  const [first] = named
  if (first === undefined) throw unknownPreset(variant, name, [...new Set(presets.map((preset) => preset.name))])
  if (data === undefined) return { preset: first }
  const fitting =
    named.find((preset) => preset.data === data) ?? named.find((preset) => family(preset.data) === family(data))
  return fitting ? { preset: fitting } : { preset: first, madeFor: named.map((preset) => preset.data) }
}

function unknownPreset(variant: string, name: string, known: readonly string[]): ConfigurationError {
  return new ConfigurationError({
    code: 'PRESET_UNKNOWN',
    message: `The variant '${variant}' has no preset '${name}'.`,
    fix: known.length === 0 ? 'It has none: leave --preset out.' : suggestion(name, known),
  })
}

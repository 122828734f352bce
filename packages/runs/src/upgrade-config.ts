import { ConfigurationError } from '@gantry/core'

/** Version of `config.json` as it is written. Version 1, which did not say so, knew of no fields. */
export const CONFIG_VERSION = 2

type Json = Readonly<Record<string, unknown>>

/**
 * The content of a `config.json` of any version as one of today's.
 *
 * Version 1 had the size and channels of images as keys of their own, and nothing about the data.
 *
 * @throws ConfigurationError `RUN_TOO_NEW`
 */
export function upgradeConfig(content: Json, path: string): Json {
  const { configVersion = 1, ...rest } = content
  if (typeof configVersion === 'number' && configVersion > CONFIG_VERSION) {
    throw new ConfigurationError({
      code: 'RUN_TOO_NEW',
      message: `${path} is of version ${configVersion}, but this Gantry knows versions 1 to ${CONFIG_VERSION}.`,
      fix: 'Use a newer Gantry.',
    })
  }
  const known = withoutIgnored(rest)
  if (configVersion !== 1) return known
  const { size, channels, dataOptions = {}, ...own } = known
  const images = { ...(size !== undefined && { size }), ...(channels !== undefined && { channels }) }
  return { ...own, dataOptions: { ...(dataOptions as Json), ...images } }
}

/** Options that a variant once listed and took no notice of: a run that has them at rest is the same without. */
const IGNORED: Readonly<Record<string, Json>> = { pix2pix: { packing: 1 } }

function withoutIgnored(content: Json): Json {
  const ignored = Object.entries(IGNORED[String(content.variant)] ?? {})
  if (ignored.length === 0) return content
  const options = Object.entries((content.options ?? {}) as Json).filter(
    ([name, value]) => !ignored.some(([own, atRest]) => own === name && atRest === value),
  )
  return { ...content, options: Object.fromEntries(options) }
}

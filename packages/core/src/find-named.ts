import { ConfigurationError } from './errors.ts'
import { suggestion } from './nearest.ts'

/**
 * The entry of a registry that has this name.
 *
 * @param unknown code and message where there is none; the fix is the nearest name, or all of them
 * @throws ConfigurationError
 *
 * @example
 * ```ts
 * findNamed(variants, name, { code: 'VARIANT_UNKNOWN', message: `There is no variant '${name}'.` })
 * ```
 */
export function findNamed<Entry extends { readonly name: string }>(
  registry: readonly Entry[],
  name: string,
  unknown: { readonly code: string; readonly message: string },
): Entry {
  const found = registry.find((entry) => entry.name === name)
  if (found !== undefined) return found
  const names = registry.map((entry) => entry.name)
  throw new ConfigurationError({ ...unknown, fix: suggestion(name, names) })
}

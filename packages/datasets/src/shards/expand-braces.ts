import { ConfigurationError } from '@gantry/core'

/** More shards than any set has; a typing error above it would only run out of memory. */
const MAXIMUM_NAMES = 100_000

/**
 * Expands braces as a shell does: `{a,b}` into each of the words, `{0000..0003}` into each of the numbers, as wide as the
 * first. Other braces stay as they are.
 *
 * @throws ConfigurationError `SHARDS_TOO_MANY`
 */
export function expandBraces(pattern: string): string[] {
  const [whole, before, inner, after] = /^(.*?)\{([^{}]*(?:,|\.\.)[^{}]*)\}(.*)$/s.exec(pattern) ?? []
  if (whole === undefined) return [pattern]
  const rest = expandBraces(after!)
  const words = alternatives(inner!)
  if (words.length * rest.length > MAXIMUM_NAMES) {
    throw new ConfigurationError({
      code: 'SHARDS_TOO_MANY',
      message: `'${pattern}' stands for ${words.length * rest.length} names, more than ${MAXIMUM_NAMES}.`,
      fix: 'Check the range in its braces.',
    })
  }
  return words.flatMap((word) => rest.map((end) => `${before}${word}${end}`))
}

function alternatives(inner: string): string[] {
  const range = /^(\d+)\.\.(\d+)$/.exec(inner)
  if (range === null) return inner.split(',')
  const [, first = '', last = ''] = range
  const count = Math.min(Number(last) - Number(first) + 1, MAXIMUM_NAMES + 1)
  return Array.from({ length: Math.max(count, 0) }, (_, index) =>
    String(Number(first) + index).padStart(first.length, '0'),
  )
}

import { ConfigurationError } from '@gantry/core'
import type { TranslationEnds } from './translation-functions.ts'

/**
 * Refuses sides of different sizes: a translation keeps the size of what it is given.
 *
 * @throws ConfigurationError `SIZE_IMPOSSIBLE`
 */
export function checkSizes({ source, target }: TranslationEnds): void {
  const size = ({ shape }: TranslationEnds['source']) => shape.slice(0, 2).join('×')
  if (size(source) === size(target)) return
  throw new ConfigurationError({
    code: 'SIZE_IMPOSSIBLE',
    message: `Both sides of a translation must be of one size, but '${source.field}' has ${size(source)} pixels and '${target.field}' ${size(target)}.`,
    fix: 'Give --size, which brings both to it.',
  })
}

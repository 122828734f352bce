import { ConfigurationError } from '@gantry/core'

/**
 * Splits `A,B` at the comma that stands between two names of data sets. Paths may have commas of their own, as long as no name
 * of a data set follows them.
 *
 * @throws ConfigurationError `UNPAIRED_INVALID` when there is no such comma, or more than one
 */
export function splitNames(text: string, isName: (text: string) => boolean): readonly [string, string] {
  const commas = [...text.matchAll(/,/g)].map(({ index }) => index)
  const cuts = commas.map((comma) => [text.slice(0, comma), text.slice(comma + 1)] as const)
  const fitting = cuts.filter(([left, right]) => isName(left) && isName(right))
  if (fitting.length === 1) return fitting[0]!
  // With one comma only there is no doubt where to cut: the wrong half then says what is wrong with it.
  if (cuts.length === 1) return cuts[0]!
  const readings = fitting.map(([left, right]) => `'${left}' and '${right}'`)
  throw new ConfigurationError({
    code: 'UNPAIRED_INVALID',
    message:
      fitting.length > 1
        ? `'unpaired:${text}' can be read in ${fitting.length} ways: ${readings.join(', or ')}.`
        : `'unpaired:${text}' should name two data sets with a comma between them, but ${
            cuts.length === 0 ? 'has no comma' : 'no comma of it stands between two names of data sets'
          }.`,
    fix:
      fitting.length > 1
        ? 'Give the path with the comma another name, or a link without one.'
        : 'Write it like unpaired:emoji:google,emoji:twitter or unpaired:folder:PATH,folder:PATH.',
  })
}

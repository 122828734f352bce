/** Number of single-character edits between two words (Levenshtein 1966). */
function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, column) => column)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const substitution = previous[column - 1]! + (left[row - 1] === right[column - 1] ? 0 : 1)
      current.push(Math.min(substitution, previous[column]! + 1, current[column - 1]! + 1))
    }
    previous = current
  }
  return previous[right.length]!
}

/** Edits of a name that may still be meant. */
function furthest(name: string): number {
  return Math.max(2, Math.ceil(name.length / 3))
}

/** Letters of a beginning that is meant as the whole. */
const FEWEST_LETTERS = 3

/**
 * The candidate that was probably meant: the one with the fewest other letters, or the only one that begins so. Undefined when none
 * is close.
 *
 * @example
 * ```ts
 * nearest('dcgn', ['vanilla', 'dcgan']) // 'dcgan'
 * nearest('trunc', ['latent', 'truncation']) // 'truncation'
 * ```
 */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined
  let bestDistance = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    // At least as many edits as one is longer than the other: no need to count those of a text of a million letters.
    if (Math.abs(name.length - candidate.length) > furthest(candidate)) continue
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  if (best !== undefined && bestDistance <= furthest(best)) return best
  const [longer, another] = candidates.filter((candidate) => candidate.toLowerCase().startsWith(name.toLowerCase()))
  return name.length >= FEWEST_LETTERS && another === undefined ? longer : undefined
}

/** The last sentence of an "unknown name" message: the nearest name, or all of them. */
export function suggestion(name: string, candidates: readonly string[]): string {
  const close = nearest(name, candidates)
  if (close !== undefined) return `Did you mean '${close}'?`
  return candidates.length === 0 ? 'There are none.' : `Use one of: ${candidates.join(', ')}.`
}

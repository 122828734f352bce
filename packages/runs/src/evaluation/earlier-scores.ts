import { readFile } from 'node:fs/promises'
import { ConfigurationError } from '@gantry/core'
import {
  compareScores,
  extractorNeeded,
  findView,
  metrics,
  type Score,
  type ScoreComparison,
  type ScoreProtocol,
} from '@gantry/metrics'

/** One score beside what it was before. */
export interface Comparison extends ScoreComparison {
  readonly name: string
  readonly before: number
  readonly after: number
}

/**
 * Scores of an earlier evaluation, as `--json` printed them.
 *
 * @throws ConfigurationError `COMPARE_INVALID`
 */
export async function readEarlierScores(path: string): Promise<readonly Score[]> {
  const invalid = (detail: string, cause?: unknown) =>
    new ConfigurationError({
      code: 'COMPARE_INVALID',
      message: `The earlier scores in ${path} cannot be used: ${detail}.`,
      fix: "Write them with 'gantry evaluate … --json > FILE'.",
      cause,
    })
  let content: { readonly scores?: unknown }
  try {
    content = JSON.parse(await readFile(path, 'utf8'))
  } catch (cause) {
    throw invalid((cause as Error).message, cause)
  }
  const scores = content?.scores
  if (!Array.isArray(scores) || scores.length === 0) throw invalid("there is no list 'scores'")
  if (!scores.every(isScore)) throw invalid('not all of them have a name, a value and a protocol')
  return scores
}

/**
 * Refuses scores of another protocol before new ones are computed.
 *
 * @throws ConfigurationError `PROTOCOLS_DIFFER`
 */
export function checkShared(earlier: readonly Score[], shared: Omit<ScoreProtocol, 'metric' | 'convention'>): void {
  for (const score of earlier) {
    const { real, seed, version, ...own } = shared
    // Some metrics take fewer samples than there are, or let nobody look at them but themselves: each the same every time.
    const { realCount, generatedCount, ...looked } = own
    const protocol = { ...score.protocol, real, seed, version }
    const { metric } = score.protocol
    const others = looksItself(metric) ? {} : metric === 'swd' ? looked : own
    compareScores(score, { ...score, protocol: { ...protocol, ...others } })
  }
}

/**
 * Compares the scores that both have.
 *
 * @throws ConfigurationError `PROTOCOLS_DIFFER`, `COMPARE_INVALID` when there is none
 */
export function compareWithEarlier(earlier: readonly Score[], scores: readonly Score[], path: string): Comparison[] {
  const comparisons = scores.flatMap((score) => {
    const before = earlier.find(({ name }) => name === score.name)
    if (before === undefined) return []
    return [{ name: score.name, before: before.value, after: score.value, ...compareScores(before, score) }]
  })
  if (comparisons.length > 0) return comparisons
  throw new ConfigurationError({
    code: 'COMPARE_INVALID',
    message: `${path} has ${earlier.map(({ name }) => name).join(', ')}, but computed were ${scores.map(({ name }) => name).join(', ')}.`,
    fix: "Ask for the same metrics with '--metrics'.",
  })
}

/** Whether a metric needs no extractor; one that is not known here is taken to. */
function looksItself(metric: string): boolean {
  return metrics.some(({ name }) => name === metric) && !extractorNeeded(findView('image'), [metric])
}

function isScore(value: unknown): value is Score {
  const { name, value: number, protocol, better } = (value ?? {}) as Partial<Score>
  return (
    typeof name === 'string' &&
    typeof number === 'number' &&
    (better === 'lower' || better === 'higher') &&
    typeof protocol === 'object' &&
    protocol !== null
  )
}

import { ConfigurationError } from '@gantry/core'
import type { Score, ScoreProtocol } from './score.ts'

/** A field in which two protocols differ, with both values. */
export interface ProtocolDifference {
  readonly field: string
  readonly left: unknown
  readonly right: unknown
}

/** Where two scores were computed under different rules; empty where they may be compared. */
export function protocolDifferences(left: ScoreProtocol, right: ScoreProtocol): readonly ProtocolDifference[] {
  // All fields that either has: scores read from a file may come from another version.
  const a = new Map<string, unknown>(Object.entries(left))
  const b = new Map<string, unknown>(Object.entries(right))
  const fields = new Set([...a.keys(), ...b.keys()])
  return [...fields].flatMap((field) =>
    a.get(field) === b.get(field) ? [] : [{ field, left: a.get(field), right: b.get(field) }],
  )
}

/** Two scores of one protocol. */
export interface ScoreComparison {
  /** The value of `b` minus that of `a`. */
  readonly difference: number
  readonly better: 'a' | 'b' | 'equal'
  /** Both have 95% intervals, and these overlap: the order may be chance. */
  readonly intervalsOverlap?: boolean
}

/**
 * Compares two scores, and refuses where their protocols differ: the number of samples alone moves FID more than most
 * models do, and so do the resizer, the weights and the convention.
 *
 * @throws ConfigurationError `PROTOCOLS_DIFFER` naming every field that differs, with both values; `SCORES_DIFFER` for two
 * numbers of one metric with different names, such as precision and recall; `SCORES_NOT_FINITE`
 *
 * @example
 * ```ts
 * const { difference, better } = compareScores(fidBefore, fidAfter)
 * ```
 */
export function compareScores(a: Score, b: Score): ScoreComparison {
  const differences = protocolDifferences(a.protocol, b.protocol)
  if (differences.length > 0) {
    const list = differences.map(({ field, left, right }) => `${field} (${left} and ${right})`).join(', ')
    throw new ConfigurationError({
      code: 'PROTOCOLS_DIFFER',
      message: `${nameBoth(a, b)} were computed under different protocols: ${list}.`,
      fix: 'Compute one of them again under the protocol of the other.',
    })
  }
  if (a.name !== b.name || a.better !== b.better) {
    throw new ConfigurationError({
      code: 'SCORES_DIFFER',
      message: `'${a.name}' (${a.better} is better) and '${b.name}' (${b.better} is better) are different numbers.`,
      fix: 'Compare scores of one name.',
    })
  }
  const difference = b.value - a.value
  if (Number.isNaN(difference)) {
    throw new ConfigurationError({
      code: 'SCORES_NOT_FINITE',
      message: `${nameBoth(a, b)} are ${a.value} and ${b.value}: they have no difference.`,
    })
  }
  const [low, high] = a.better === 'lower' ? (['b', 'a'] as const) : (['a', 'b'] as const)
  const better = difference < 0 ? low : difference > 0 ? high : 'equal'
  if (a.interval === undefined || b.interval === undefined) return { difference, better }
  return { difference, better, intervalsOverlap: a.interval[0] <= b.interval[1] && b.interval[0] <= a.interval[1] }
}

function nameBoth(a: Score, b: Score): string {
  return a.name === b.name ? `The two scores '${a.name}'` : `The scores '${a.name}' and '${b.name}'`
}

import type { Score } from '@gantry/metrics'
import type { Comparison } from '@gantry/runs'
import { baselinesOf } from './baselines-of.ts'
import { formatInterval, formatValue } from './format-value.ts'

/** Scores, a row each, beside those of baselines, which have names at their head, and what they are compared with. */
export function scoreTable(scores: readonly Score[], comparisons?: readonly Comparison[]): string[][] {
  const baselines = baselinesOf(scores)
  const rows = scores.map((score) => row(score, comparisons, baselines))
  if (baselines.length === 0) return rows
  return [['', '', '', '', ...(comparisons ? [''] : []), ...baselines, ''], ...rows]
}

function row(score: Score, comparisons: readonly Comparison[] | undefined, baselines: readonly string[]): string[] {
  const { name, value, standardDeviation, better, interval, protocol } = score
  const comparison = comparisons?.find((each) => each.name === name)
  return [
    name,
    formatValue(value),
    interval ? formatInterval(interval) : '',
    standardDeviation === undefined ? '' : `± ${formatValue(standardDeviation)}`,
    ...(comparisons ? [comparison ? describe(comparison) : ''] : []),
    ...baselines.map((name) => (score.baselines?.[name] === undefined ? '' : formatValue(score.baselines[name]))),
    `${better} is better, ${protocol.convention}`,
  ]
}

function describe({ before, better, intervalsOverlap }: Comparison): string {
  const verdict = better === 'equal' ? 'equal' : better === 'b' ? 'better' : 'worse'
  return `was ${formatValue(before)}: ${verdict}${intervalsOverlap ? ', within chance' : ''}`
}

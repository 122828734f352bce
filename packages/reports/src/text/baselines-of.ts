import type { Score } from '@gantry/metrics'

/** Names of the baselines that some of these scores have, in the order in which they come. */
export function baselinesOf(scores: readonly Score[]): string[] {
  return [...new Set(scores.flatMap(({ baselines = {} }) => Object.keys(baselines)))]
}

import { ConfigurationError } from '@gantry/core'

/**
 * The area under the receiver operating characteristic: how often a positive is scored above a negative, ties counting half (the
 * Mann-Whitney statistic over the number of pairs; Hanley and McNeil 1982). 0.5 for scores that tell nothing.
 *
 * @param positive scores of what is to be found, such as odd images
 * @throws ConfigurationError `CLASS_EMPTY` where there are none of one kind
 *
 * @example
 * ```ts
 * areaUnderCurve([0.9, 0.4], [0.1, 0.4]) // 0.875
 * ```
 */
export function areaUnderCurve(positive: ArrayLike<number>, negative: ArrayLike<number>): number {
  if (positive.length === 0 || negative.length === 0) {
    throw new ConfigurationError({
      code: 'CLASS_EMPTY',
      message: `The area under a curve needs scores of both kinds, but there are ${positive.length} positive and ${negative.length} negative ones.`,
    })
  }
  const all = Float64Array.from([...Array.from(positive), ...Array.from(negative)])
  const order = Array.from(all.keys()).sort((left, right) => all[left]! - all[right]!)
  let ranks = 0
  for (let from = 0; from < order.length; ) {
    let to = from
    while (to < order.length && all[order[to]!] === all[order[from]!]) to++
    // Equal scores share the mean of their ranks, counted from 1.
    const rank = (from + 1 + to) / 2
    for (; from < to; from++) if (order[from]! < positive.length) ranks += rank
  }
  const least = (positive.length * (positive.length + 1)) / 2
  return (ranks - least) / (positive.length * negative.length)
}

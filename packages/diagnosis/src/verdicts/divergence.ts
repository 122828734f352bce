import type { Look } from '../readings/readings.ts'
import { newest, series } from './looks.ts'
import { clippedGradients, lowerRate } from './remedies.ts'
import type { VerdictRule } from './verdict-rule.ts'

/** Looks over which something must have grown. */
const WINDOW = 6

/** How large a number of this kind must be, and how many times what it was in the beginning. */
const KINDS = [
  { pattern: /Loss$/, least: 1000, growth: 10 },
  { pattern: /(Weight|Gradient)Norm$/, least: 0, growth: 100 },
]

/** Samples of a generator without bounds that are this much farther apart than real ones have left the data. */
const FAR_APART = 4

/** Losses, weights or gradients that grow and grow, or samples that leave the data altogether. */
export const divergence: VerdictRule = {
  name: 'divergence',
  looks: 3,
  warmUp: WINDOW,
  shows: (looks) => {
    const readings = newest(looks)
    const grown = Object.keys(readings).filter((name) => hasExploded(looks, name))
    const { diversity = 0, precision = 1 } = readings
    if (diversity > FAR_APART && precision === 0) grown.push('diversity')
    if (grown.length === 0) return undefined
    return Object.fromEntries(grown.map((name) => [name, readings[name]!]))
  },
  message: (evidence) =>
    `Numbers leave all bounds: ${Object.entries(evidence)
      .map(([name, value]) => `${name} is ${value.toPrecision(3)}`)
      .join(', ')}.`,
  remedies: [lowerRate, clippedGradients],
}

function hasExploded(looks: readonly Look[], name: string): boolean {
  const kind = KINDS.find(({ pattern }) => pattern.test(name))
  if (kind === undefined) return false
  const sizes = series(looks, name).map(Math.abs)
  const [first = 0, last = 0] = [sizes[0], sizes.at(-1)]
  const grows = last > 1.2 * (sizes.at(-WINDOW) ?? last)
  // A loss begins near 1, and may begin at 0.
  return grows && last > kind.least && last > kind.growth * Math.max(1, first)
}

import { median, newest, percent, pick, series } from './looks.ts'
import { lowerRate, noMomentum, r1Instead } from './remedies.ts'
import type { VerdictRule } from './verdict-rule.ts'

/** Looks over which samples must have moved. */
const WINDOW = 6

/** Players that chase each other: samples of the same noise keep leaping about, and come no nearer to the data. */
export const oscillation: VerdictRule = {
  name: 'oscillation',
  looks: 4,
  warmUp: 10,
  shows: (looks) => {
    const found = pick(newest(looks), 'movement', 'precision')
    if (found === undefined || found.precision > 0.3) return undefined
    const medianMovement = median(series(looks.slice(-WINDOW), 'movement'))
    return medianMovement > 0.6 ? { ...found, medianMovement } : undefined
  },
  message: ({ medianMovement, precision }) =>
    `From one look to the next samples move by ${medianMovement!.toFixed(2)} of the distance between two real ones, and ` +
    `${percent(precision!)} of them lie among these.`,
  remedies: [noMomentum, lowerRate, r1Instead],
}

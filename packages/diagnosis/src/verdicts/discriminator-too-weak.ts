import type { Readings } from '../readings/readings.ts'
import { newest, percent, pick } from './looks.ts'
import { numberOf, rounded } from './options.ts'
import { discriminatorRateTimes, sameRates } from './remedies.ts'
import type { VerdictRule } from './verdict-rule.ts'

/** A discriminator that takes generated samples for real ones, though anybody tells them apart. */
export const discriminatorTooWeak: VerdictRule = {
  name: 'discriminator-too-weak',
  looks: 4,
  warmUp: 3,
  shows: (looks) => {
    const readings = newest(looks)
    const found = pick(readings, 'separation', 'realAccuracy', 'fakeAccuracy', 'neighbourAccuracy')
    if (found === undefined || !prefersFake(readings)) return undefined
    return found.separation < 0.35 && found.neighbourAccuracy > 0.95 ? found : undefined
  },
  message: ({ separation, neighbourAccuracy }) =>
    `The discriminator rates generated samples above real ones in ${percent(1 - separation!)} of pairs, though their nearest ` +
    `neighbours alone tell ${percent(neighbourAccuracy!)} of them apart.`,
  remedies: [
    sameRates((ratio) => ratio < 0.67, 'both networks move at one pace'),
    {
      set: (options) => {
        const weight = numberOf(options, 'gradientPenalty')
        return weight !== undefined && weight >= 1 ? { gradientPenalty: rounded(weight / 10) } : undefined
      },
      why: 'a penalty of this weight keeps it flat on data of this scale',
    },
    {
      set: (options) => {
        const steps = numberOf(options, 'criticSteps')
        return steps === undefined || options.update === 'simultaneous' ? undefined : { criticSteps: 2 * steps }
      },
      why: 'it learns more often than the generator',
    },
    discriminatorRateTimes(4, 'it learns faster'),
    {
      set: (options) => {
        const width = numberOf(options, 'discriminatorWidth')
        return width === undefined ? undefined : { discriminatorWidth: 2 * width }
      },
      why: 'a larger network sees more',
    },
  ],
}

/**
 * Whether it does so as it trains, too: the running statistics of batch normalization, with which single samples are judged, follow
 * late.
 */
function prefersFake(readings: Readings): boolean {
  return ['Probability', 'Score'].some((kind) => (readings[`fake${kind}`] ?? 0) > (readings[`real${kind}`] ?? 0))
}

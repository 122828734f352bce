import { newest, percent, pick } from './looks.ts'
import { numberOf } from './options.ts'
import { r1Instead } from './remedies.ts'
import type { VerdictRule } from './verdict-rule.ts'

/** Looks back at which things must have been no worse. */
const WINDOW = 6

/**
 * Samples that could be real, but are too alike, or leave out a part of the data (Goodfellow 2016, section 5.1.1).
 *
 * Samples that could not be real are another trouble, however alike they are.
 */
export const modeCollapse: VerdictRule = {
  name: 'mode-collapse',
  looks: 8,
  warmUp: 8,
  shows: (looks) => {
    const found = pick(newest(looks), 'diversity', 'spacing', 'precision', 'coverage')
    if (found === undefined) return undefined
    const { diversity, spacing, precision, coverage } = found
    // What still gets better has not collapsed.
    const before = pick(looks.at(-1 - WINDOW)?.readings ?? {}, 'diversity', 'coverage')
    if (before && (diversity > before.diversity * 1.1 || coverage > before.coverage + 0.1)) return undefined
    const alike = precision >= 0.3 && coverage < 0.8 && (diversity < 0.4 || spacing < 0.35)
    const leavesOut = precision >= 0.7 && coverage < precision / 2
    return alike || leavesOut ? found : undefined
  },
  message: ({ diversity, precision, coverage }) =>
    `Samples are ${percent(diversity!)} as different from each other as real ones; ${percent(precision!)} of them lie among real ones, ` +
    `but ${percent(1 - coverage!)} of the real ones have none near.`,
  remedies: [
    {
      set: ({ packing }) => (packing === 1 ? { packing: 2 } : undefined),
      why: 'the discriminator sees two samples at a time, and notices when they are alike (Lin et al. 2018)',
    },
    r1Instead,
    {
      set: (options) => {
        const units = numberOf(options, 'hiddenUnits')
        return units !== undefined && (options.architecture ?? 'mlp') === 'mlp' ? { hiddenUnits: 2 * units } : undefined
      },
      why: 'larger networks follow more modes',
    },
  ],
}

import { newest, percent, pick } from './looks.ts'
import { discriminatorRateTimes, instanceNoise, oneCriticStep, r1Instead, sameRates } from './remedies.ts'
import type { VerdictRule } from './verdict-rule.ts'

/**
 * A discriminator that is sure of every sample, of a generator that makes nothing like the data.
 *
 * Of losses that make a probability of its output alone: a Wasserstein critic is to be as sure as it can (Arjovsky et al. 2017).
 */
export const discriminatorTooStrong: VerdictRule = {
  name: 'discriminator-too-strong',
  looks: 5,
  warmUp: 3,
  shows: (looks) => {
    const found = pick(newest(looks), 'realProbability', 'fakeProbability', 'separation', 'precision')
    if (found === undefined) return undefined
    const { realProbability, fakeProbability, precision } = found
    return realProbability > 0.9 && fakeProbability < 0.1 && precision < 0.1 ? found : undefined
  },
  message: ({ realProbability, fakeProbability, precision }) =>
    `D(x) is ${realProbability!.toFixed(3)} and D(G(z)) ${fakeProbability!.toFixed(3)}, while ${percent(precision!)} of the ` +
    'samples lie among real ones: the generator learns little from a discriminator that is so sure.',
  remedies: [
    sameRates((ratio) => ratio > 1.5, 'both networks move at one pace'),
    oneCriticStep,
    r1Instead,
    discriminatorRateTimes(1 / 4, 'the discriminator gets less far ahead'),
    instanceNoise,
  ],
}

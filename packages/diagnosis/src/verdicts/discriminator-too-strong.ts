import { newest, percent, pick } from './looks.ts'
import { discriminatorRateTimes, instanceNoise, oneCriticStep, r1Instead, sameRates } from './remedies.ts'
import type { VerdictRule } from './verdict-rule.ts'

/** Its readings of real and of generated samples that are to be 1 and 0. */
const PROBABILITIES = ['realProbability', 'fakeProbability'] as const
const SCORES = ['realScore', 'fakeScore'] as const

/**
 * A discriminator that is sure of every sample, of a generator that makes nothing like the data.
 *
 * Of losses that make a probability of its output, or aim at 1 and 0 with it as least squares do (Mao et al. 2017, equation 9), alone: a
 * Wasserstein critic is to be as sure as it can (Arjovsky et al. 2017), and differences of outputs have another aim.
 */
export const discriminatorTooStrong: VerdictRule = {
  name: 'discriminator-too-strong',
  looks: 5,
  warmUp: 3,
  shows: (looks, { loss, relativistic }) => {
    const [real, fake] = loss === 'least-squares' && relativistic !== true ? SCORES : PROBABILITIES
    const found = pick(newest(looks), real, fake, 'separation', 'precision')
    if (found === undefined) return undefined
    return found[real]! > 0.9 && found[fake]! < 0.1 && found.precision! < 0.1 ? found : undefined
  },
  message: ({ realProbability, realScore, fakeProbability, fakeScore, precision }) =>
    `D(x) is ${(realProbability ?? realScore)!.toFixed(3)} and D(G(z)) ${(fakeProbability ?? fakeScore)!.toFixed(3)}, while ` +
    `${percent(precision!)} of the samples lie among real ones: the generator learns little from a discriminator that is so sure.`,
  remedies: [
    sameRates((ratio) => ratio > 1.5, 'both networks move at one pace'),
    oneCriticStep,
    r1Instead,
    discriminatorRateTimes(1 / 4, 'the discriminator gets less far ahead'),
    instanceNoise,
  ],
}

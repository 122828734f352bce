import { newest, percent, pick, series } from './looks.ts'
import { instanceNoise, oneCriticStep, r1Instead } from './remedies.ts'
import type { VerdictRule } from './verdict-rule.ts'

/**
 * A discriminator that is never wrong, and a generator that no longer moves: its gradients have gone to nothing (Arjovsky and Bottou
 * 2017, theorem 2.4).
 */
export const vanishingGradient: VerdictRule = {
  name: 'vanishing-gradient',
  looks: 3,
  warmUp: 5,
  shows: (looks) => {
    const found = pick(newest(looks), 'generatorGradientNorm', 'separation', 'movement', 'neighbourAccuracy')
    if (found === undefined) return undefined
    const largestGradientNorm = Math.max(...series(looks, 'generatorGradientNorm'))
    const { generatorGradientNorm, separation, movement, neighbourAccuracy } = found
    const gone = generatorGradientNorm < largestGradientNorm / 20 && movement < 0.05
    return gone && separation > 0.99 && neighbourAccuracy > 0.95 ? { ...found, largestGradientNorm } : undefined
  },
  message: ({ generatorGradientNorm, largestGradientNorm, separation }) =>
    `The generator's gradient has fallen to ${generatorGradientNorm!.toPrecision(2)} from ${largestGradientNorm!.toPrecision(2)}, and ` +
    `the discriminator tells ${percent(separation!, 1)} of pairs apart.`,
  remedies: [
    {
      set: ({ loss }) => (loss === 'minimax' ? { loss: 'non-saturating' } : undefined),
      why: 'this loss is steepest where the discriminator is sure (Goodfellow et al. 2014, section 3)',
    },
    oneCriticStep,
    r1Instead,
    instanceNoise,
  ],
}

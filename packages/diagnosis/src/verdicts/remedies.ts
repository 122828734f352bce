import { discriminatorRate, numberOf, rounded } from './options.ts'
import type { Options, RemedyRule } from './verdict-rule.ts'

/** R1, and what it cannot be with left out. */
export const r1Instead: RemedyRule = {
  set: (options) => {
    const { r1, discriminatorNormalization: normalization, weightClip, gradientPenalty } = options
    if (r1 !== 0 || weightClip !== undefined || gradientPenalty !== 0) return undefined
    return { r1: 1, ...(normalization === 'batch' && { discriminatorNormalization: 'none' }) }
  },
  why: 'a gradient penalty keeps the discriminator from steep slopes (Mescheder et al. 2018)',
}

/** Another step size of the discriminator. */
export function discriminatorRateTimes(factor: number, why: string): RemedyRule {
  return {
    set: (options) => {
      const rate = discriminatorRate(options)
      return rate === undefined ? undefined : { discriminatorLearningRate: rounded(rate * factor) }
    },
    why,
  }
}

/** The discriminator's step size as the generator's, where their ratio is far from 1. */
export function sameRates(isFar: (ratio: number) => boolean, why: string): RemedyRule {
  return {
    set: (options) => {
      const [own, common] = [numberOf(options, 'discriminatorLearningRate'), numberOf(options, 'learningRate')]
      if (own === undefined || common === undefined || !isFar(own / common)) return undefined
      return { discriminatorLearningRate: common }
    },
    why,
  }
}

export const oneCriticStep: RemedyRule = {
  set: ({ criticSteps }) => (typeof criticSteps === 'number' && criticSteps > 1 ? { criticSteps: 1 } : undefined),
  why: 'the discriminator gets less far ahead',
}

/** A lower step size of both networks. */
export const lowerRate: RemedyRule = {
  set: (options: Options) => {
    const rate = numberOf(options, 'learningRate')
    const own = numberOf(options, 'discriminatorLearningRate')
    if (rate === undefined) return undefined
    return {
      learningRate: rounded(rate / 4),
      ...(own !== undefined && { discriminatorLearningRate: rounded(own / 4) }),
    }
  },
  why: 'smaller steps overshoot less',
}

export const noMomentum: RemedyRule = {
  set: (options) => ((numberOf(options, 'beta1') ?? 0) > 0.5 ? { beta1: 0.5 } : undefined),
  why: 'momentum carries the players past each other (Radford et al. 2016, section 4)',
}

export const clippedGradients: RemedyRule = {
  set: (options) =>
    'gradientClipNorm' in options && options.gradientClipNorm !== undefined ? undefined : { gradientClipNorm: 1 },
  why: 'one steep batch cannot throw the weights far (Pascanu et al. 2013)',
}

export const instanceNoise: RemedyRule = {
  set: (options) => (numberOf(options, 'instanceNoise') === 0 ? { instanceNoise: 0.1 } : undefined),
  why: 'noise on both kinds of samples makes them overlap (Sønderby et al. 2017)',
}

import type { GameOptions } from './game/game-options.ts'
import type { Preset } from './presets.ts'

/** What a preset `good` is for, in words. */
const descriptions = {
  mnist: 'readable digits in minutes on two cores',
  'fashion-mnist': 'clothes in minutes on two cores',
  emoji: 'emoji of 64 pixels in ten minutes on two cores',
} as const

export interface Recipe<Options> {
  readonly steps: number
  readonly options: Partial<Options>
  /** Of docs/learning.md. */
  readonly scores?: Readonly<Record<string, number>>
}

/** The presets `good` of a variant: rates fall to nothing over the run, as a cosine. */
export function goodPresets<Options>(
  recipes: Readonly<Partial<Record<keyof typeof descriptions, Recipe<Options>>>>,
): Preset<Options>[] {
  return Object.entries(recipes).map(([data, { steps, options, scores }]) => ({
    name: 'good',
    description: descriptions[data as keyof typeof descriptions],
    data,
    run: { steps, batchSize: 64 },
    options: { learningRateSchedule: 'cosine', learningRateDecaySteps: steps, ...options } as Partial<Options>,
    ...(scores && { scores }),
  }))
}

/**
 * Networks for 28 pixels that train in minutes: a DCGAN of half the width, whose discriminator has a layer that sees the whole image.
 * Without that layer its logit is a sum over patches of 10 pixels, and digits are made of strokes that do not belong together.
 */
export const small = {
  generatorWidth: 32,
  discriminatorWidth: 32,
  denseUnits: 256,
  latentSize: 64,
} satisfies Partial<GameOptions>

/** The same for 64 pixels, whose discriminator has twice as many layers. */
export const small64 = {
  generatorWidth: 16,
  discriminatorWidth: 16,
  latentSize: 64,
} satisfies Partial<GameOptions>

/** Adam without a first moment, at a rate that only a discriminator with a bounded slope bears (Mescheder et al. 2018, section 6). */
export const brisk = {
  learningRate: 1e-3,
  beta1: 0,
  beta2: 0.99,
  emaDecay: 0.999,
} satisfies Partial<GameOptions>

/** R1 every fourth step in place of normalization (Mescheder et al. 2018; lazily as in Karras et al. 2020). */
export const penalised = {
  discriminatorNormalization: 'none' as const,
  r1: 1,
  penaltyEvery: 4,
} satisfies Partial<GameOptions>

/** {@link small}, {@link brisk} and {@link penalised}: what most games train well with. */
export const steady = { ...small, ...brisk, ...penalised }
export const steady64 = { ...small64, ...brisk, ...penalised }

/** Perceptrons for points of the plane. */
const perceptrons = {
  ...{ hiddenUnits: 128, hiddenLayers: 3, latentSize: 2, generatorNormalization: 'none' as const },
  ...{ ...brisk, discriminatorNormalization: 'none' as const, r1: 0.1 },
} satisfies Partial<GameOptions>

/** The presets `points` of a variant: all modes of both mixtures, and most samples close to one. */
export function pointsPresets(): Preset<GameOptions>[] {
  const recipes = { ring8: ['eight Gaussians on a ring', 8000], grid25: ['25 Gaussians on a grid', 15_000] } as const
  return Object.entries(recipes).map(([data, [what, steps]]) => ({
    name: 'points',
    description: `${what}, in a minute`,
    data,
    run: { steps, batchSize: 256 },
    options: { learningRateSchedule: 'cosine', learningRateDecaySteps: steps, ...perceptrons },
  }))
}

import type { GameOptions } from './game/game-options.ts'
import type { Preset } from './presets.ts'

/** What a preset `good` is for, in words, and by which score the learning bench compares its runs. */
const goals = {
  mnist: { description: 'readable digits in minutes on two cores', score: 'mnist-frechet' },
  'fashion-mnist': { description: 'clothes in minutes on two cores', score: 'mnist-frechet' },
  emoji: { description: 'emoji of 64 pixels in ten minutes on two cores', score: 'random-conv-frechet' },
} as const

type Goal = keyof typeof goals

interface Recipe<Options> {
  readonly steps: number
  readonly options: Partial<Options>
}

/**
 * The presets `good` of a variant.
 *
 * @param reached the Fréchet distances of docs/learning.md, where there are any yet
 */
export function goodPresets<Options>(
  recipes: Readonly<Record<Goal, Recipe<Options>>>,
  reached: Readonly<Partial<Record<Goal, number>>> = {},
): Preset<Options>[] {
  return (Object.keys(goals) as Goal[]).map((data) => {
    const { steps, options } = recipes[data]
    const { description, score } = goals[data]
    const value = reached[data]
    return {
      name: 'good',
      description,
      data,
      run: { steps, batchSize: 64 },
      options,
      ...(value !== undefined && { scores: { [score]: value } }),
    }
  })
}

/**
 * Rates that fall to nothing over the run, as a cosine: for what has learnt all that it can well before its last step.
 * Games that have not (most, without labels) reach more at a constant rate in the same time.
 */
export const falling = (steps: number) =>
  ({ learningRateSchedule: 'cosine', learningRateDecaySteps: steps }) satisfies Partial<GameOptions>

/** {@link goodPresets} of a game that trains as most do, with a few options of its own. */
export function steadyPresets(
  reached: Readonly<Partial<Record<Goal, number>>> = {},
  own: Partial<GameOptions> = {},
): Preset<GameOptions>[] {
  const recipes = {
    mnist: { steps: 6000, options: { ...steady, ...own } },
    'fashion-mnist': { steps: 6000, options: { ...steady, ...own } },
    emoji: { steps: 2500, options: { ...steady64, ...own } },
  }
  return goodPresets<GameOptions>(recipes, reached)
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

/** The presets `points` of a variant, with a few options of its own: all modes of both mixtures, and most samples close to one. */
export function pointsPresets(own: Partial<GameOptions> = {}): Preset<GameOptions>[] {
  const recipes = { ring8: ['eight Gaussians on a ring', 8000], grid25: ['25 Gaussians on a grid', 15_000] } as const
  return Object.entries(recipes).map(([data, [what, steps]]) => ({
    name: 'points',
    description: `${what}, in a minute`,
    data,
    run: { steps, batchSize: 256 },
    options: { ...falling(steps), ...perceptrons, ...own },
  }))
}

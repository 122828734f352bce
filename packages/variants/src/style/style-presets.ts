import type { Preset } from '../presets.ts'
import type { StyleOptions } from './style-options.ts'

/** An eighth of the authors' widest maps and a 128th of their `channelBase`: half an hour is for images, not for width. */
const narrow = {
  ...{ latentSize: 64, styleSize: 64, mappingLayers: 2 },
  ...{ generatorWidth: 64, discriminatorWidth: 64, channelBase: 256 },
} satisfies Partial<StyleOptions>

/**
 * As their configuration for small images, without mixing; both players at once, and an average that is short at first. Weights have unit
 * spread, so a rate is the share that a step moves: 0.01 is what a million images want, theirs what a hundred million do.
 */
const brisk = {
  ...{ learningRate: 0.01, penaltyEvery: 16, styleMixing: 0, update: 'simultaneous' },
  ...{ emaHalfLife: 40_000, emaRampUpShare: 0.05 },
} satisfies Partial<StyleOptions>

/**
 * The presets `good` of a variant whose generator is made of styles, with a few options of its own.
 *
 * @param scores Fréchet distances of docs/learning.md by data, where there are any yet
 */
export function stylePresets<Options extends StyleOptions>(
  own: Partial<Options> = {},
  scores: Readonly<Record<string, number>> = {},
): Preset<Options>[] {
  const scored = (data: string) => scores[data] !== undefined && { scores: { 'random-conv-frechet': scores[data] } }
  const options = (r1: number) => ({ ...narrow, ...brisk, r1, ...own }) as Partial<Options>
  return [
    {
      ...{ name: 'good', description: 'faces of 32 pixels in half an hour on two cores', data: 'avataaars' },
      run: { steps: 33_000, batchSize: 32, dataOptions: { size: 32 } },
      options: options(1),
      ...scored('avataaars'),
    },
    {
      ...{ name: 'good', description: 'emoji of 64 pixels in half an hour on two cores', data: 'emoji' },
      run: { steps: 17_000, batchSize: 32 },
      options: options(2),
      ...scored('emoji'),
    },
  ]
}

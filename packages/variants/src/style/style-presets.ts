import type { Preset } from '../presets.ts'
import type { StyleOptions } from './style-options.ts'

/** An eighth of the authors' widest maps and a sixty-fourth of their `channelBase`: half an hour is for images, not for width. */
const narrow = {
  ...{ latentSize: 64, styleSize: 64, mappingLayers: 2 },
  ...{ generatorWidth: 64, discriminatorWidth: 64, channelBase: 512 },
} satisfies Partial<StyleOptions>

/** As their configuration for small images: γ, which each preset has of its own, is small; the average is short at first; both players at once. */
const brisk = {
  ...{ learningRate: 0.003, penaltyEvery: 16, emaHalfLife: 10_000, emaRampUpShare: 0.05, update: 'simultaneous' },
} satisfies Partial<StyleOptions>

/**
 * The presets `good` of a variant whose generator is made of styles, with a few options of its own.
 *
 * @param faces the Fréchet distance of docs/learning.md, where there is one yet
 */
export function stylePresets<Options extends StyleOptions>(
  own: Partial<Options> = {},
  faces?: number,
): Preset<Options>[] {
  const options = (r1: number) => ({ ...narrow, ...brisk, r1, ...own }) as Partial<Options>
  return [
    {
      ...{ name: 'good', description: 'faces of 32 pixels in half an hour on two cores', data: 'avataaars' },
      run: { steps: 16_000, batchSize: 32, dataOptions: { size: 32 } },
      options: options(0.02),
      ...(faces !== undefined && { scores: { 'random-conv-frechet': faces } }),
    },
    {
      ...{ name: 'good', description: 'emoji of 64 pixels in half an hour on two cores', data: 'emoji' },
      run: { steps: 6000, batchSize: 32 },
      options: options(0.05),
    },
  ]
}

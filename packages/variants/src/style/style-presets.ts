import type { Preset } from '../presets.ts'
import type { StyleOptions } from './style-options.ts'

/** A fourth of the authors' widest maps and a thirty-second of their `channelBase`; twice the layers of their smallest mapping. */
const narrow = {
  ...{ latentSize: 128, styleSize: 128, mappingLayers: 4 },
  ...{ generatorWidth: 128, discriminatorWidth: 128, channelBase: 1024 },
} satisfies Partial<StyleOptions>

/** As their configuration for small images: γ, which each preset has of its own, grows with the pixels; the average is short at first. */
const brisk = {
  ...{ learningRate: 0.0025, penaltyEvery: 16, emaHalfLife: 10_000, emaRampUpShare: 0.05 },
} satisfies Partial<StyleOptions>

/** The presets `good` of a variant whose generator is made of styles, with a few options of its own. */
export function stylePresets<Options extends StyleOptions>(own: Partial<Options> = {}): Preset<Options>[] {
  const options = (r1: number) => ({ ...narrow, ...brisk, r1, ...own }) as Partial<Options>
  return [
    {
      ...{ name: 'good', description: 'faces of 32 pixels in half an hour on two cores', data: 'avataaars' },
      run: { steps: 8000, batchSize: 32, dataOptions: { size: 32 } },
      options: options(0.05),
    },
    {
      ...{ name: 'good', description: 'emoji of 64 pixels in half an hour on two cores', data: 'emoji' },
      run: { steps: 4000, batchSize: 32 },
      options: options(0.1),
    },
  ]
}

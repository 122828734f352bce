import type { Preset } from '../presets.ts'
import type { ProganOptions } from './progan-options.ts'

/** Networks an eighth as wide as the paper's, both players at once, and the penalty every fourth step: 30 minutes are enough then. */
const small = {
  ...{ channelBase: 1024, generatorWidth: 64, discriminatorWidth: 64, latentSize: 64 },
  ...{ update: 'simultaneous', penaltyEvery: 4, emaDecay: 0.995 },
} satisfies Partial<ProganOptions>

/** The presets `good`: phases so long that about half of the time is left for the last size. */
export const proganPresets: readonly Preset<ProganOptions>[] = [
  {
    name: 'good',
    description: 'cartoon faces of 32 pixels in half an hour on two cores',
    data: 'avataaars',
    run: { steps: 6500, batchSize: 32, dataOptions: { size: 32 } },
    options: { ...small, fadeImages: 20_000, stableImages: 20_000 },
    scores: { 'random-conv-frechet': 0.29 },
  },
  {
    name: 'good',
    description: 'emoji of 64 pixels in half an hour on two cores',
    data: 'emoji',
    run: { steps: 5000, batchSize: 32, dataOptions: { size: 64 } },
    options: { ...small, fadeImages: 14_400, stableImages: 14_400 },
  },
]

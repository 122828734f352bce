import type { Preset } from '../presets.ts'
import type { TranslationOptions } from './translation-options.ts'

/** What such presets differ in. */
interface DrawingPreset<Options> extends Pick<Preset<Options>, 'name' | 'description' | 'data'> {
  readonly steps: number
  readonly options: Partial<Options>
}

/**
 * A preset for drawings of 64 pixels on two cores, of data that is called `training:…` and has a `held-out:…`: networks half as wide as
 * the paper's, normalised over batches of four. Pictures are moved by a pixel or two: without it, the generator makes stains of what
 * lies elsewhere than in training; moved by eight, it learns much more slowly. Rates fall in the second half, or what the discriminator
 * looks for stays on plain colours as a texture.
 */
export function drawingPreset<Options extends TranslationOptions>({
  name,
  description,
  data,
  steps,
  options,
}: DrawingPreset<Options>): Preset<Options> {
  const half = steps / 2
  return {
    ...{ name, description, data },
    run: {
      ...{ steps, batchSize: 4, validation: data.replace(/^training:/, 'held-out:') },
      dataOptions: { size: 64, loadSize: 66, flip: true },
    },
    options: {
      ...{ generatorWidth: 32, discriminatorWidth: 32, receptiveField: 16 },
      ...{ generatorNormalization: 'batch', discriminatorNormalization: 'batch' },
      ...{ learningRate: 5e-4, discriminatorLearningRate: 1e-4, emaDecay: 0.998 },
      ...{ learningRateSchedule: 'linear', learningRateHoldSteps: half, learningRateDecaySteps: half },
      ...options,
    } as Partial<Options>,
  }
}

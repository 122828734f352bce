import type { Preset } from '../presets.ts'
import type { TranslationOptions } from './translation-options.ts'

/** What such presets differ in. */
interface DrawingPreset<Options> extends Pick<Preset<Options>, 'name' | 'description' | 'data'> {
  readonly steps: number
  readonly options: Partial<Options>
}

/**
 * A preset for drawings of 64 pixels on two cores, of data that is called `training:…` and has a `held-out:…`: networks half as wide as
 * the paper's, normalised over batches of four. Pictures are cropped, so that the generator does not know where things lie: without it, it
 * fails at outlines that lie elsewhere.
 */
export function drawingPreset<Options extends TranslationOptions>({
  name,
  description,
  data,
  steps,
  options,
}: DrawingPreset<Options>): Preset<Options> {
  return {
    ...{ name, description, data },
    run: {
      ...{ steps, batchSize: 4, validation: data.replace(/^training:/, 'held-out:') },
      dataOptions: { size: 64, loadSize: 72, flip: true },
    },
    options: {
      ...{ generatorWidth: 32, discriminatorWidth: 32, receptiveField: 16, learningRate: 5e-4 },
      ...{ generatorNormalization: 'batch', discriminatorNormalization: 'batch' },
      ...options,
    } as Partial<Options>,
  }
}

import type { Preset } from '../presets.ts'
import type { SuperResolutionOptions } from './super-resolution-options.ts'

/**
 * The preset `good` of a variant that makes images larger: it learns the difference from bicubic interpolation, on crops of photographs
 * of 384 pixels, first by pixels and then in the game.
 *
 * @param options of its network
 */
export function superResolutionPreset<Options extends SuperResolutionOptions>(
  steps: { readonly pretrain: number; readonly game: number },
  options: Partial<Options>,
): Preset<Options> {
  return {
    name: 'good',
    description: 'photographs four times as large, in twenty minutes on two cores',
    data: 'training:photographs',
    run: {
      ...{ steps: steps.pretrain + steps.game, batchSize: 4, validation: 'held-out:photographs' },
      dataOptions: { size: 96, loadSize: 384, flip: true },
    },
    options: {
      ...{ skip: 'bicubic', pretrainSteps: steps.pretrain, pretrainLearningRate: 1e-3, learningRate: 5e-4 },
      ...{ discriminatorWidth: 16, denseUnits: 128, emaDecay: 0.99 },
      ...options,
    } as Partial<Options>,
  }
}

import { type LearningTable, presetsCalled, runsOf } from './run-rows.ts'

const MINUTES = 20

/** The presets `good` of what makes images out of images. */
export const translationsTable: LearningTable = {
  name: 'translations',
  title: 'Images out of images',
  about:
    'The presets `good` of variants that are given an image, 20 minutes on one core, one seed; on images that were held out of the training. `pixels` is the first stage of super-resolution alone. Below each what is no model: the image as it is (`identity`), what belongs to the most similar training image (`nearest`), bicubic interpolation. The distance is LPIPS’s formula over random convolutions, which see texture and no objects.',
  runs: presetsCalled('good')
    .filter(({ preset }) => preset.data.startsWith('training:'))
    .flatMap(({ variant, preset }) => {
      const row = { table: 'translations', variant, preset, seeds: [1], minutes: MINUTES }
      const { pretrainSteps } = preset.options as { readonly pretrainSteps?: number }
      const pixels = { ...preset, run: { ...preset.run, steps: pretrainSteps } }
      return [
        ...runsOf({ ...row, row: `${variant}-good` }),
        ...(pretrainSteps === undefined ? [] : runsOf({ ...row, row: `${variant}-pixels`, preset: pixels })),
      ]
    }),
}

import { type LearningTable, presetsCalled, runsOf } from './run-rows.ts'

/** How long runs with a preset may take, by its name. */
const MINUTES = { good: 20, edges: 50, people: 50 }

const presets = Object.entries(MINUTES).flatMap(([name, minutes]) =>
  presetsCalled(name).map((found) => ({ ...found, minutes })),
)

/** The presets of what makes images out of images. */
export const translationsTable: LearningTable = {
  name: 'translations',
  title: 'Images out of images',
  about:
    'The presets of variants that are given an image, one core, one seed: `good` for 20 minutes at most, `edges` and `people` for 50; on images that were held out of the training. `pixels` is the first stage of super-resolution alone. Edges say little about the colours of skin, hair and clothes: there PSNR and L1 are of guesses. Figures come in six colours of skin, so the most similar outline is often that of the same figure in another. Below each what is no model: the image as it is (`identity`), what belongs to the most similar training image (`nearest`), bicubic interpolation. The distance is LPIPS’s formula over random convolutions, which see texture and no objects.',
  runs: presets
    .filter(({ preset }) => preset.data.startsWith('training:'))
    .flatMap(({ variant, preset, minutes }) => {
      const row = { table: 'translations', variant, preset, seeds: [1], minutes }
      const { pretrainSteps } = preset.options as { readonly pretrainSteps?: number }
      const pixels = { ...preset, run: { ...preset.run, steps: pretrainSteps } }
      return [
        ...runsOf({ ...row, row: `${variant}-${preset.name}` }),
        ...(pretrainSteps === undefined ? [] : runsOf({ ...row, row: `${variant}-pixels`, preset: pixels })),
      ]
    }),
}

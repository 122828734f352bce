import { type LearningTable, presetsCalled, runsOf } from './run-rows.ts'

/** How long runs with a preset may take, by its name. */
const MINUTES = { good: 20, edges: 50, smileys: 40 }

const presets = Object.entries(MINUTES).flatMap(([name, minutes]) =>
  presetsCalled(name).map((found) => ({ ...found, minutes })),
)

/** The presets of what makes images out of images. */
export const translationsTable: LearningTable = {
  name: 'translations',
  title: 'Images out of images',
  about:
    'The presets of variants that are given an image, one core, one seed: `good` for 20 minutes at most, `smileys` for 40, `edges` for 50; on images that were held out of the training. `pixels` is the first stage of super-resolution alone. Edges say little about the colours of skin, hair and clothes: there PSNR and L1 are of guesses, and the face of the most similar outline, whose texture is flawless, is as near. `loadSize` of `edges` is for outlines of your own. A trial without it (4,000 steps, 31 minutes) came nearer where faces lie as in training (PSNR 19.57, SSIM 0.774, L1 0.057, distance 0.102; nearest 16.43, 0.747, 0.083, 0.173), but made stains of outlines two pixels aside; of those an eighth larger, on which `edges` is scored, it had 13.34, 0.479, 0.139 and 0.283. Below each what is no model: the image as it is (`identity`), what belongs to the most similar training image (`nearest`), bicubic interpolation. The distance is LPIPS’s formula over random convolutions, which see texture and no objects.',
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

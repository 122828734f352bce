import { findVariant } from '@gantry/variants'
import { type LearningTable, runsOf } from './run-rows.ts'

/** Of each of 34 kinds of hair and hats. */
const EACH = 15
const STEPS = 14_000

const preset = findVariant('stylegan2').presets.find(({ name, data }) => name === 'good' && data === 'avataaars')!

/** The schedule of the paper, ten times as fast: these runs are of half a million images, not of 25 million. */
const adaptive = {
  augment: ['ada-geometry', 'ada-color'],
  ...{ augmentProbability: 0, adaptiveAugmentTarget: 0.6, adaptiveAugmentImages: 50_000 },
}

/** A discriminator of twice the width and a hundredth of the penalty: it can know five hundred faces by heart. */
const free = { r1: 0.01, discriminatorWidth: 128, channelBase: 512, learningRate: 0.005 }

const row = (name: string, minutes: number, options: Readonly<Record<string, unknown>>) =>
  runsOf({
    ...{ table: 'few-faces', row: name, variant: 'stylegan2', seeds: [1], minutes, options },
    preset: { data: `few:${EACH},avataaars`, run: { ...preset.run, steps: STEPS }, options: preset.options },
  })

export const fewFacesTable: LearningTable = {
  name: 'few-faces',
  title: 'Five hundred faces',
  about:
    'StyleGAN2 sees 15 faces of each kind of hair or hat: without augmentation, and with the adaptive one (Karras et al. 2020, Training Generative Adversarial Networks with Limited Data: geometry and colours, target 0.6). Scored against all 20,000, of whom its preset has about 0.19 after as many steps. With the preset (the first two rows) R1 and a small discriminator hold the game: without augmentation the distance stands still from the 280 thousandth image on, at half a thousand looks at each, and `gantry inspect` has no verdict. With twice the discriminator and a hundredth of the penalty (the last two rows) it learns the faces by heart: the distance stands still near twice that of the preset, and its readings are those of `memorisation` from the 8,680th step on. Adaptive augmentation takes that away (D(x) 0.8, D(G(z)) 0.2, no verdict), but with so weak a penalty the game is unsteady, and in as many minutes no better.',
  runs: [
    ...row('few-faces', 60, {}),
    ...row('few-faces-ada', 40, adaptive),
    ...row('few-faces-free', 40, free),
    ...row('few-faces-free-ada', 29, { ...free, ...adaptive }),
  ],
}

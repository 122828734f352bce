import { findVariant } from '@gantry/variants'
import type { LearningRun } from '../learning-run.ts'
import { ofHalfAnHour } from './faces.ts'
import { type LearningTable, presetsCalled, runsOf } from './run-rows.ts'

const THREE = [1, 2, 3]

/** In the order in which they are done: first one seed of every row. */
const byUrgency = (left: LearningRun, right: LearningRun) =>
  left.seed - right.seed || GOOD_DATA.indexOf(left.data) - GOOD_DATA.indexOf(right.data)

const GOOD_DATA = ['mnist', 'fashion-mnist', 'emoji']

/** All three seeds on MNIST, where targets are; one elsewhere. */
const good: LearningRun[] = presetsCalled('good')
  .filter(({ variant, preset }) => GOOD_DATA.includes(preset.data) && !ofHalfAnHour(variant))
  .flatMap(({ variant, preset }) =>
    runsOf({
      ...{ table: 'good', row: `${variant}-${preset.data}`, variant, preset },
      seeds: preset.data === 'mnist' ? THREE : [1],
    }),
  )
  .sort(byUrgency)

/** What `npm run demo` trains. */
const demo: LearningRun[] = presetsCalled('demo').flatMap(({ variant, preset }) =>
  runsOf({ table: 'demo', row: `${variant}-demo`, variant, preset, seeds: THREE, minutes: 3 }),
)

/** The preset `good` of a variant on MNIST. */
export const goodPreset = (variant: string) =>
  findVariant(variant).presets.find(({ name, data }) => name === 'good' && data === 'mnist')

export const goodTable: LearningTable = {
  name: 'good',
  title: 'Every variant, with its preset `good`',
  about:
    'On MNIST the mean of three seeds, elsewhere one. The Fréchet distance is between features of a small classifier of digits (`classifier-mnist`), also of clothes, for which its features are a fixed basis; of emoji between those of random convolutions. None of them is FID. DRAGAN and AC-GAN lose most modes of the emoji with their recipes (recall near 0): they want others, which are not found yet. Those of the VAE and the VAE-GAN are blurred or blobs after ten minutes. None of these four has a picture on its page.',
  runs: good,
}

export const demoTable: LearningTable = {
  name: 'demo',
  title: 'The demo',
  about: 'What `npm run demo` trains, three seeds.',
  runs: demo,
}

import { findVariant } from '@gantry/variants'
import { type LearningTable, presetsCalled, type Row, runsOf } from './run-rows.ts'

const MINUTES = 30
const FACES = 'avataaars'

/** For half an hour: a run ends when its time is over. */
const STEPS = 100_000

const row = (own: Omit<Row, 'table' | 'seeds' | 'minutes'>) =>
  runsOf({ table: 'faces', seeds: [1], minutes: MINUTES, ...own })

/** What a variant without a preset for faces is trained with: its own for emoji, at their size. */
function plain(variant: string, data: string) {
  const emoji = findVariant(variant).presets.find(({ name, data: own }) => name === 'good' && own === 'emoji')!
  const size = data === FACES ? { dataOptions: { size: 32 } } : {}
  return row({
    ...{ row: `${variant}-${data}-half-hour`, variant },
    preset: { data, run: { ...emoji.run, steps: STEPS, ...size }, options: emoji.options },
  })
}

/** Variants whose presets `good` want half an hour: those that have one for faces. */
export const ofHalfAnHour = (variant: string) => findVariant(variant).presets.some(({ data }) => data === FACES)

/** Presets `good` for these data. */
const patient = (data: string) =>
  presetsCalled('good')
    .filter(({ variant, preset }) => preset.data === data && ofHalfAnHour(variant))
    .flatMap(({ variant, preset }) => row({ row: `${variant}-${data}`, variant, preset }))

export const facesTable: LearningTable = {
  name: 'faces',
  title: 'Half an hour',
  about:
    'The families of progressive growing and of styles beside a plain `dcgan` with its preset for emoji: 30 minutes of one core each, on a machine that was busy with other work. Cartoon faces of 32 pixels are scored in the features of random convolutions, and in those of a small classifier that is trained here on kinds of hair and hats (not in the table: StyleGAN2 25.7, DCGAN 31.6, progan 89.6, StyleGAN 100); emoji of 64 pixels in those of random convolutions. The first points of progressive growing are of images of 4 to 16 pixels. Both runs of the first StyleGAN had three quarters of a core; its emoji are blobs, and have no picture on its page. StyleGAN2 is ahead of DCGAN in both features, of a million images where DCGAN sees 2.8 million; its variety (recall) is less; emoji, too, are nearer. What made it so, in trials of four minutes with half the channels of before and without style mixing: a learning rate of 0.015 instead of 0.003 (0.94 to 0.54; at 0.03 it diverges), then γ of R1 of 0.3 instead of 0.03 (to 0.30; 0.36 at 2).',
  runs: [...patient(FACES), ...plain('dcgan', FACES), ...patient('emoji'), ...plain('dcgan', 'emoji')],
}

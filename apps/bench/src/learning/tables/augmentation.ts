import { goodPreset } from './good.ts'
import { BATCH_SIZE, type LearningTable, runsOf } from './run-rows.ts'

const IMAGES = [10, 30, 100, 300]
const STEPS = 3000
const MINUTES = 5

/** With few images the discriminator learns them by heart: it sees them shifted (Zhao et al. 2020). */
const options = { ...goodPreset('cgan')!.options, augment: ['translation'], learningRateDecaySteps: STEPS }

export const augmentationTable: LearningTable = {
  name: 'augmentation',
  title: 'More data from a generator',
  about:
    'A `cgan` that has seen so many real images of each digit and no others; and how many of the test images a small classifier reads that has learnt from these images, from 500 of each digit that the generator made, or from both, in equal parts of every batch on average. Means of three classifiers.',
  runs: IMAGES.flatMap((count) =>
    runsOf({
      ...{ table: 'augmentation', row: `augmented-${count}`, variant: 'cgan', seeds: [1], minutes: MINUTES },
      preset: { data: `few:${count},mnist`, run: { steps: STEPS, batchSize: BATCH_SIZE }, options: {} },
      options,
    }),
  ),
}

import type { LearningRun } from '../learning-run.ts'
import { bounded, narrow, quick } from './recipes.ts'
import { BATCH_SIZE, type LearningTable, runsOf } from './run-rows.ts'

/** A plain DCGAN, and what is to keep it from leaving modes out. */
function stacked(): LearningRun[] {
  const preset = {
    data: 'stacked-mnist',
    run: { steps: 6000, batchSize: BATCH_SIZE },
    options: narrow,
  }
  const remedies = {
    dcgan: {},
    'dcgan-packing-2': { packing: 2 },
    'dcgan-minibatch-discrimination': { minibatchDiscrimination: 50 },
    'dcgan-dense-r1': { ...quick, ...bounded, denseUnits: 256 },
  }
  return Object.entries(remedies).flatMap(([name, options]) =>
    runsOf({ table: 'stacked', row: `stacked-${name}`, variant: 'dcgan', preset, seeds: [1], options }),
  )
}

export const stackedTable: LearningTable = {
  name: 'stacked',
  title: 'Modes of stacked MNIST',
  about:
    'Three digits as colour channels, 1,000 modes; 26,000 samples, read by `classifier-mnist` channel by channel. Published, with networks, steps and classifiers of their own: DCGAN 99.0 and VEEGAN 150.0 modes (Srivastava et al. 2017, table 2), PacDCGAN2 1,000.0 (Lin et al. 2018, table 3).',
  runs: stacked(),
}

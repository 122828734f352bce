import { count, milliseconds, percent } from '../markdown.ts'
import { rounded } from '../statistics.ts'
import type { BenchTable } from './table.ts'

/** One grid and one checkpoint at their default cadence. */
const STEPS = 250
/** Divides the steps, so that there are as many bare ones. */
const BLOCK = 25
const TARGET_SHARE = 0.03

/** What the training loop adds to the graph: batches, noise, events, sample grids, checkpoints. */
export const outsideTable: BenchTable = {
  name: 'outside',
  title: 'Time outside the graph',
  async measure(bench) {
    bench.log(`outside: ${STEPS} steps of dcgan on MNIST, and as many bare ones`)
    const { threads, folder } = bench.options
    const { trainMs, gridMs, checkpointMs, bareMs } = await bench.task('outside', {
      threads,
      folder,
      steps: STEPS,
      block: BLOCK,
    })
    const share = 1 - bareMs / trainMs
    return {
      data: {
        steps: STEPS,
        trainMsPerStep: rounded(trainMs / STEPS, 2),
        bareMsPerStep: rounded(bareMs / STEPS, 2),
        gridMs: rounded(gridMs, 1),
        checkpointMs: rounded(checkpointMs, 1),
        shareOutside: rounded(share, 4),
        target: TARGET_SHARE,
      },
      sections: [
        {
          heading: '`dcgan` on MNIST, batch 64',
          columns: [
            'steps',
            'train() ms a step',
            'session.run alone ms a step',
            'outside',
            'target',
            'grid ms',
            'checkpoint ms',
          ],
          rows: [
            [
              count(STEPS),
              milliseconds(trainMs / STEPS),
              milliseconds(bareMs / STEPS),
              percent(share),
              `≤ ${percent(TARGET_SHARE)}`,
              milliseconds(gridMs),
              milliseconds(checkpointMs),
            ],
          ],
          notes: [
            'The loop of `gantry train` with its defaults: an event every 10 steps, a grid of 64 samples and a checkpoint every 250. The runs alone have the same phases with feeds that were made before; 25 steps of them in turn with 25 of the loop.',
          ],
        },
      ],
    }
  },
}

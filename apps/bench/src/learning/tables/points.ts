import type { LearningRun } from '../learning-run.ts'
import { type LearningTable, presetsCalled, runsOf } from './run-rows.ts'

const FIVE = [1, 2, 3, 4, 5]

const points: LearningRun[] = [
  ...presetsCalled('points').flatMap(({ variant, preset }) =>
    runsOf({ table: 'points', row: `${variant}-${preset.data}`, variant, preset, seeds: FIVE, minutes: 2 }),
  ),
  ...['ring8', 'grid25'].flatMap((data) =>
    runsOf({
      ...{ table: 'points', row: `vanilla-as-published-${data}`, variant: 'vanilla', seeds: FIVE, minutes: 2 },
      preset: { data, run: { steps: 4000, batchSize: 256 }, options: {} },
    }),
  ),
]

export const pointsTable: LearningTable = {
  name: 'points',
  title: 'Modes of points',
  about:
    'Five seeds each, by the protocol of VEEGAN (Srivastava et al. 2017) and PacGAN (Lin et al. 2018): 2,500 points; a mode is reached by one point within three standard deviations of its centre, and such points are of high quality.',
  runs: points,
}

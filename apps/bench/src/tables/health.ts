import { findPreset, findVariant } from '@gantry/variants'
import { count } from '../markdown.ts'
import { rounded } from '../statistics.ts'
import type { BenchTable } from './table.ts'

/** Runs that are watched as often as they would be: every hundredth of their steps. */
const RUNS = [
  { variant: 'dcgan', preset: 'good', data: 'mnist' },
  { variant: 'cgan', preset: 'good', data: 'mnist' },
  { variant: 'vanilla', preset: 'points', data: 'ring8' },
] as const

const LOOKS = 10

/** What it costs to watch the health of a run. */
export const healthTable: BenchTable = {
  name: 'health',
  title: 'Watching a run',
  async measure(bench) {
    const { threads } = bench.options
    const data = []
    for (const { variant, preset: name, data: dataset } of RUNS) {
      bench.log(`health: ${variant} on ${dataset}`)
      const { run, options } = findPreset(findVariant(variant), name, dataset).preset
      const every = Math.max(50, Math.round(Number(run.steps) / 100))
      const parameters = { run: { ...run, data: dataset, steps: LOOKS * every }, variant, options, every, threads }
      const measured = await bench.task('health', parameters)
      data.push({ name: `${variant}, preset ${name}, ${dataset}`, every, ...measured })
    }
    return {
      data,
      sections: [
        {
          heading: 'Looks at the health of a run',
          columns: ['run', 'a look every', 'ms a step', 'ms a look', 'of the run’s time', 'ms beside it', 'of it'],
          rows: data.map((each) => [
            each.name,
            `${count(each.every)} steps`,
            count(rounded(each.stepMs, 2)),
            count(rounded(each.lookMs, 1)),
            `${count(100 * each.waitingShare, 2)}%`,
            count(rounded(each.besideMs, 1)),
            `${count(100 * each.besideShare, 2)}%`,
          ]),
          notes: [
            'The engine waits while samples are drawn and judged and weights are read; samples are compared beside it, while it goes on.',
          ],
        },
      ],
    }
  },
}

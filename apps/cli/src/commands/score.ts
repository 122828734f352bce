import { counted } from '@gantry/core'
import { table } from '@gantry/reports/text'
import type { WrittenAnomalies } from '@gantry/runs'
import { Command } from 'commander'
import { interruptible } from '../interrupt.ts'
import {
  type DataFlags,
  dataOptionsOf,
  requireAtLeast,
  wholeNumber,
  withDataOptions,
  withNeighbours,
} from '../options.ts'
import { note, type OutputFlags, present } from '../output.ts'
import { noteSkipped } from '../skipped.ts'
import { createWorkProgress } from '../work-progress.ts'

interface ScoreFlags extends OutputFlags, DataFlags {
  readonly count?: number
  readonly odd?: string
  readonly neighbours?: number
  readonly top: number
  readonly out?: string
}

export function scoreCommand(): Command {
  const command = new Command('score')
    .argument('<run>')
    .argument('<folder|dataset>')
    .description('rank samples by how odd they are to a run, and show where')
    .option('--count <number>', 'samples, the first of the data (default: all)', wholeNumber)
    .option('--odd <class>', 'the class that is odd, where there are labels: tells the area under the curve')
    .option('--top <number>', 'the oddest so many are listed and drawn', wholeNumber, 16)
    .option('--out <folder>', 'scores.csv, and oddest.png: each sample, what the run makes of it, where they differ')
  return withNeighbours(
    withDataOptions(command),
    'k: the distance is that to the k-th nearest normal sample (default: 1)',
  ).action(score)
}

/** `gantry score`: what is odd among samples. */
async function score(run: string, data: string, flags: ScoreFlags): Promise<void> {
  requireAtLeast(1, '--count', flags.count)
  requireAtLeast(1, '--top', flags.top)
  requireAtLeast(1, '--neighbours', flags.neighbours)
  const { count, odd, top, out, neighbours } = flags
  const { makeFolder } = await import('@gantry/files')
  const { openForRun, scoreAnomalies, writeAnomalies } = await import('@gantry/runs')
  // A place that cannot be written is told before all the scoring.
  if (out !== undefined) await makeFolder(out)
  await interruptible(async (signal) => {
    const progress = await createWorkProgress()
    const dataset = await openForRun(run, data, dataOptionsOf(flags))
    try {
      const found = await scoreAnomalies(run, dataset, {
        ...{ kept: top, onNote: note, signal },
        ...(count !== undefined && { count }),
        ...(odd !== undefined && { odd }),
        ...(neighbours !== undefined && { neighbours }),
        progress: (done, total) => progress.report(done, total, 'samples'),
      }).finally(progress.stop)
      noteSkipped({ name: dataset.name, skipped: dataset.description.skipped })
      const files: Partial<WrittenAnomalies> = out === undefined ? {} : await writeAnomalies(out, found, dataset)
      const { method, scores, areaUnderCurve } = found
      const labelled = scores.some(({ label }) => label !== undefined)
      present(flags, { run, data: dataset.name, method, scores, areaUnderCurve: areaUnderCurve ?? null, ...files }, [
        `${counted(scores.length, 'sample')} of ${dataset.name} by ${method}, the oddest first`,
        ...table([
          ['score', labelled ? 'label' : '', 'sample'],
          ...scores.slice(0, top).map((each) => [each.score.toFixed(4), each.label ?? '', each.name]),
        ]),
        ...(areaUnderCurve === undefined ? [] : [`area under the curve for '${odd}': ${areaUnderCurve.toFixed(4)}`]),
        ...Object.values(files).filter((file) => file !== undefined),
      ])
    } finally {
      await dataset.dispose?.()
    }
  }, 'Stopping.')
}

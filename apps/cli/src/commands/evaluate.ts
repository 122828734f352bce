import { ConfigurationError } from '@gantry/core'
import { writeFileAtomically } from '@gantry/files'
import type { Score } from '@gantry/metrics'
import { type Comparison, checkShared, compareWithEarlier, readEarlierScores } from '../evaluation/earlier-scores.ts'
import { type EvaluatedTarget, evaluateTarget } from '../evaluation/evaluate-target.ts'
import { formatInterval, formatValue } from '../evaluation/format-score.ts'
import { writeReport } from '../evaluation/report/write-report.ts'
import { noteSkipped } from '../evaluation/skipped.ts'
import { interruptible } from '../interrupt.ts'
import { note, type OutputFlags, present, table } from '../output.ts'
import { createWorkProgress } from '../work-progress.ts'

export interface EvaluateFlags extends OutputFlags {
  readonly data?: string
  readonly metrics?: string
  readonly count: number
  readonly extractor?: string
  readonly layer?: string
  readonly size?: number
  readonly seed: number
  readonly resamples?: number
  readonly compare?: string
  readonly out?: string
}

/** `gantry evaluate`: scores of a generator, a folder or a data set against real samples. */
export async function evaluate(target: string, flags: EvaluateFlags): Promise<void> {
  const { count, out } = flags
  if (count < 2) {
    throw new ConfigurationError({ code: 'OPTION_INVALID', message: `--count must be at least 2, not ${count}.` })
  }
  if (out !== undefined && !/\.html?$/i.test(out)) {
    throw new ConfigurationError({
      code: 'OUT_INVALID',
      message: `--out is a report that ends in .html, not '${out}'.`,
    })
  }
  const earlier = flags.compare === undefined ? undefined : await readEarlierScores(flags.compare)
  await interruptible(async (signal) => {
    const progress = await createWorkProgress()
    try {
      const { metrics: list, ...rest } = flags
      const metrics = list?.split(',').map((name) => name.trim().toLowerCase())
      const evaluated = await evaluateTarget(
        {
          ...rest,
          target,
          ...(metrics && { metrics }),
          forReport: out !== undefined,
          onProtocol: (shared) => earlier && checkShared(earlier, shared),
        },
        progress,
        signal,
      )
      const comparisons = earlier && compareWithEarlier(earlier, evaluated.evaluation.scores, flags.compare!)
      if (out !== undefined) {
        await writeFileAtomically(
          out,
          await writeReport({ target, evaluated, comparisons, progress: progress.report, signal }),
        )
      }
      progress.stop()
      show(target, flags, evaluated, comparisons)
    } finally {
      progress.stop()
    }
  }, 'Stopping.')
}

function show(
  target: string,
  flags: EvaluateFlags,
  { sides, evaluation, protocol, cached, classes }: EvaluatedTarget,
  comparisons: readonly Comparison[] | undefined,
): void {
  const { scores, warnings } = evaluation
  noteSkipped(sides.generated)
  if ('samples' in sides.real) noteSkipped(sides.real.samples)
  for (const warning of warnings) note(`warning: ${warning}`)
  const { realCount, generatedCount, real, extractor } = protocol
  const result = {
    target,
    data: sides.real.name,
    real,
    realCount,
    generatedCount,
    realFeaturesCached: cached,
    scores,
    warnings,
    ...(classes && { classes }),
    ...(comparisons && { comparisons }),
    ...(flags.out !== undefined && { report: flags.out }),
  }
  present(flags, result, [
    `${generatedCount} samples of ${sides.generated.title} against ${realCount || 'statistics'} of ${sides.real.name}, by ${extractor}`,
    ...table(scores.map((score) => row(score, comparisons))),
    ...(flags.out === undefined ? [] : ['', `report in ${flags.out}`]),
  ])
}

function row(score: Score, comparisons: readonly Comparison[] | undefined): string[] {
  const { name, value, standardDeviation, better, interval, protocol } = score
  const comparison = comparisons?.find((each) => each.name === name)
  return [
    name,
    formatValue(value),
    interval ? formatInterval(interval) : '',
    standardDeviation === undefined ? '' : `± ${formatValue(standardDeviation)}`,
    ...(comparisons ? [comparison ? describe(comparison) : ''] : []),
    `${better} is better, ${protocol.convention}`,
  ]
}

function describe({ before, better, intervalsOverlap }: Comparison): string {
  const verdict = better === 'equal' ? 'equal' : better === 'b' ? 'better' : 'worse'
  return `was ${formatValue(before)}: ${verdict}${intervalsOverlap ? ', within chance' : ''}`
}

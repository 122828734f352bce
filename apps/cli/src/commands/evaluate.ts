import { ConfigurationError, counted } from '@gantry/core'
import { scoreTable, table } from '@gantry/reports/text'
import type { Comparison, EvaluatedRun } from '@gantry/runs'
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

interface EvaluateFlags extends OutputFlags, DataFlags {
  readonly data?: string
  readonly metrics?: string
  readonly count: number
  readonly extractor?: string
  readonly layer?: string
  readonly seed: number
  readonly resamples?: number
  readonly neighbours?: number
  readonly compare?: string
  readonly describe?: string
  readonly out?: string
}

export function evaluateCommand(): Command {
  const command = new Command('evaluate')
    .argument('<run|model.onnx|folder|dataset>')
    .description('score samples against real ones: FID, KID, precision and recall, and more')
    .option(
      '--data <dataset|folder|file>',
      'real samples, or statistics of them (default: what the run was trained on)',
    )
    .option('--metrics <names>', "with commas between: see 'gantry list metrics'")
    .option('--count <number>', 'samples on either side, at most', wholeNumber, 10_000)
    .option(
      '--extractor <name|model.onnx>',
      'inception-fid, classifier-mnist, random-conv, pixels, or a model of yours',
    )
    .option('--layer <name>', 'layer of the extractor, or value inside the model')
  return withNeighbours(withDataOptions(command), 'k of precision, recall, density and coverage (default: 5)')
    .option('--seed <number>', 'the same seed gives the same samples and the same scores', wholeNumber, 0)
    .option('--resamples <number>', 'bootstrap resamples for intervals; 0 for none', wholeNumber)
    .option('--compare <file>', 'scores of an earlier evaluation (--json); refused when the protocols differ')
    .option('--describe <ports.json>', 'what the inputs and outputs of a foreign model are')
    .option('--out <file>', 'also write a report, one HTML file')
    .action(evaluate)
}

/** `gantry evaluate`: scores of a generator, a folder or a data set against real samples. */
async function evaluate(target: string, flags: EvaluateFlags): Promise<void> {
  const { count, out } = flags
  requireAtLeast(2, '--count', count)
  requireAtLeast(1, '--neighbours', flags.neighbours)
  if (out !== undefined && !/\.html?$/i.test(out)) {
    throw new ConfigurationError({
      code: 'OUT_INVALID',
      message: `--out is a report that ends in .html, not '${out}'.`,
    })
  }
  const { checkShared, compareWithEarlier, evaluateRun, readEarlierScores } = await import('@gantry/runs')
  const earlier = flags.compare === undefined ? undefined : await readEarlierScores(flags.compare)
  await interruptible(async (signal) => {
    const progress = await createWorkProgress()
    try {
      const { metrics: list, size: _, channels: __, imageColumn: ___, labelColumn: ____, ...rest } = flags
      const metrics = list?.split(',').map((name) => name.trim().toLowerCase())
      const evaluated = await evaluateRun(target, {
        ...rest,
        dataOptions: dataOptionsOf(flags),
        ...(metrics && { metrics }),
        forReport: out !== undefined,
        onProtocol: (shared) => earlier && checkShared(earlier, shared),
        onNote: note,
        progress,
        signal,
      })
      const comparisons = earlier && compareWithEarlier(earlier, evaluated.evaluation.scores, flags.compare!)
      if (out !== undefined) {
        const { evaluationReport } = await import('@gantry/reports')
        const { writeOutput } = await import('@gantry/files')
        const request = { target, evaluated, comparisons, progress: progress.report, signal }
        await writeOutput(out, await evaluationReport(request))
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
  { sides, evaluation, protocol, cached, classes }: EvaluatedRun,
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
    `${counted(generatedCount, 'sample')} of ${sides.generated.title} against ${realCount || 'statistics'} of ${sides.real.name}${extractor === 'none' ? '' : `, by ${extractor}`}`,
    ...table(scoreTable(scores, comparisons)),
    ...(flags.out === undefined ? [] : ['', `report in ${flags.out}`]),
  ])
}

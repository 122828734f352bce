import type { OpenProgress } from '@gantry/datasets'
import {
  type ClassRow,
  checkMetrics,
  checkNeighboursOf,
  classTable,
  type EvaluatedSamples,
  type Evaluation,
  evaluate,
  predictedClasses,
  type ScoreProtocol,
  sharedProtocol,
  statisticsSuffice,
  type Work,
} from '@gantry/metrics'
import { baselineSamples } from './baseline-samples.ts'
import { chooseCounts } from './choose-counts.ts'
import type { ExtractorFlags } from './choose-extractor.ts'
import { choosePerceptual } from './choose-perceptual.ts'
import { arePaired, chooseExtraction, chooseMetrics } from './choose-scores.ts'
import { extractGenerated } from './extract-sides.ts'
import { openSides, type Sides, type SidesOptions } from './open-sides.ts'
import { type Range, readFeatures } from './read-samples.ts'
import { type Extraction, logitsFit, mixtureOf, onlookerOf, prepareReal } from './real-side.ts'
import type { Samples } from './samples.ts'

/** Told how far an evaluation is. */
export interface EvaluationProgress {
  readonly report?: Work['progress']
  /** For downloads and scans of data sets. */
  readonly reportOpening?: (progress: OpenProgress) => void
  /** Something that a person should know. */
  readonly say?: (text: string) => void
}

type SharedProtocol = Omit<ScoreProtocol, 'metric' | 'convention'>

/** What is computed of two sides. */
export interface ScoreOptions extends ExtractorFlags {
  /** Names of metrics; default: those that say most of what can be said. */
  readonly metrics?: readonly string[]
  /** Samples on either side, at most; default: 10,000. */
  readonly count?: number
  readonly seed: number
  readonly resamples?: number
  /** k, of metrics that count neighbours: `prdc` (5). */
  readonly neighbours?: number
  /** Whether classes and neighbours are wanted, for which the metrics alone may not need the features. */
  readonly forReport?: boolean
  /** Whether what is no model is scored beside translations; default: yes. */
  readonly baselines?: boolean
  /** Told what all scores will share before anything is computed; may throw. */
  readonly onProtocol?: (shared: SharedProtocol) => void
  readonly progress?: EvaluationProgress
  readonly signal?: AbortSignal
}

export type EvaluateOptions = Omit<ScoreOptions, 'seed'> & Omit<SidesOptions, 'seed'> & { readonly seed?: number }

export interface EvaluatedRun {
  readonly sides: Sides
  readonly evaluation: Evaluation
  readonly real: EvaluatedSamples
  readonly generated: EvaluatedSamples
  /** Whether real sample i is what generated sample i should be. */
  readonly paired: boolean
  readonly protocol: SharedProtocol
  /** The real side's features or statistics were computed before. */
  readonly cached: boolean
  readonly classes?: readonly ClassRow[]
  /** What is no model, by name. */
  readonly baselines?: Readonly<Record<string, EvaluatedSamples>>
}

const USUAL_COUNT = 10_000

const LEARNED =
  "These pairs are those that the run was trained on: what it learned by heart counts as well as what it can do. Name held-out data with '--data'."

/**
 * Scores a run, a model, a folder of images or a data set against real samples. Both sides are closed afterwards, what they hold in
 * memory stays.
 *
 * @throws ConfigurationError, DataError, ShapeError, UnsupportedError of whatever cannot be opened, compared or computed
 *
 * @example
 * ```ts
 * const { evaluation } = await evaluateRun('runs/mine', { metrics: ['fid', 'prdc'], count: 5000 })
 * console.log(evaluation.scores)
 * ```
 */
export async function evaluateRun(
  target: string,
  { seed = 0, ...options }: EvaluateOptions = {},
): Promise<EvaluatedRun> {
  // A misspelt name is told before anything is opened.
  checkMetrics(options.metrics ?? [])
  const { progress, signal } = options
  const opening = {
    ...(signal && { signal }),
    ...(progress?.reportOpening && { onProgress: progress.reportOpening }),
  }
  const sides = await openSides(target, { ...options, seed }, opening)
  try {
    return await scoreSides(sides, { ...options, seed })
  } finally {
    await sides.dispose()
  }
}

/** Scores two opened sides. */
export async function scoreSides(sides: Sides, options: ScoreOptions): Promise<EvaluatedRun> {
  const extraction = await chooseExtraction(sides, options)
  try {
    return await score(sides, extraction, options)
  } finally {
    await extraction.extractor?.dispose()
  }
}

async function score(sides: Sides, extraction: Extraction, options: ScoreOptions): Promise<EvaluatedRun> {
  const { extractor } = extraction
  const { seed, forReport = false, resamples, neighbours, progress = {}, signal } = options
  const withLogits = logitsFit(extractor, sides.real)
  const mixture = mixtureOf(sides.real)
  const metrics = chooseMetrics(sides, extraction, options)
  const counts = chooseCounts(sides, options.count ?? USUAL_COUNT)
  checkNeighboursOf(metrics, options.neighbours, counts)
  if (counts.note !== undefined) progress.say?.(counts.note)

  const work: Work = { progress: progress.report, signal }
  const { say } = progress
  const all = { ...work, from: 0, count: counts.real, what: 'real samples', ...(say && { say }) }
  const prepared = await prepareReal(sides.real, extraction, all)
  const request = { extractor: onlookerOf(extraction), realName: prepared.name, seed }
  const protocol = sharedProtocol({ ...request, real: { count: counts.real }, generated: { count: counts.generated } })
  options.onProtocol?.(protocol)

  const { real, cached } = await prepared.evaluate(forReport || !statisticsSuffice(metrics))
  const range: Range = { ...all, from: counts.generatedFrom, count: counts.generated, what: 'generated samples' }
  const generated = await readGenerated(sides.generated, extraction, range, { withLogits, metrics })
  const paired = arePaired(sides)
  const compared = { sides, metrics, extraction, generated, range }
  const baselines = options.baselines === false ? undefined : await baselineSamples(compared)
  const looked = metrics.includes('lpips') || metrics.includes('ppl')
  const perceptual = looked ? await choosePerceptual(sides.generated.field.shape) : undefined
  try {
    const paths = metrics.includes('ppl') && (await sides.generated.pathLengths!(perceptual!, counts.generated, work))
    const scored = await evaluate({
      ...request,
      ...work,
      metrics,
      real,
      generated: paths ? { ...generated, more: { ...generated.more, paths } } : generated,
      paired,
      ...(baselines && { baselines }),
      ...(perceptual && { perceptual }),
      ...(mixture && { mixture }),
      ...(resamples !== undefined && { resamples }),
      ...(neighbours !== undefined && { neighbours }),
    })
    const warnings = paired && sides.ofTraining ? [LEARNED, ...scored.warnings] : scored.warnings
    const evaluation = { ...scored, warnings }
    const classes = forReport ? await compareClasses(sides, real, generated, work) : undefined
    return {
      ...{ sides, evaluation, real, generated, paired, protocol, cached },
      ...(baselines && { baselines }),
      ...(classes && { classes }),
    }
  } finally {
    await perceptual?.dispose()
  }
}

/** What metrics look at of the generated side. */
async function readGenerated(
  samples: Samples,
  { extractor, ownFeatures }: Extraction,
  range: Range,
  { withLogits, metrics }: { readonly withLogits: boolean; readonly metrics: readonly string[] },
): Promise<EvaluatedSamples> {
  if (ownFeatures !== undefined) return { count: range.count, features: (await readFeatures(samples, range)).features }
  const generated = await extractGenerated(samples, extractor, range, withLogits)
  if (!metrics.includes('cycle')) return generated
  return { ...generated, more: { cycle: await samples.cycle!(range.from, range.count) } }
}

/** By the labels of both sides, or by those that the classifier reads off the generated samples. */
async function compareClasses(
  { real: side, generated: other }: Sides,
  real: EvaluatedSamples,
  generated: EvaluatedSamples,
  work: Work,
): Promise<ClassRow[] | undefined> {
  const names = 'samples' in side ? side.samples.labels : undefined
  if (names === undefined || !real.labels || !real.features || !generated.features) return undefined
  const { logits } = generated
  const sameClasses = other.labels?.join() === names.join()
  const labels =
    logits?.columns === names.length ? predictedClasses(logits) : sameClasses ? generated.labels : undefined
  if (labels === undefined) return undefined
  return classTable(
    names,
    { features: real.features, labels: real.labels },
    { features: generated.features, labels },
    work,
  )
}

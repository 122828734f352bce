import {
  type Available,
  type ClassRow,
  checkMetrics,
  classTable,
  coordinates,
  defaultMetrics,
  type EvaluatedSamples,
  type Evaluation,
  evaluate,
  type FeatureExtractor,
  predictedClasses,
  type ScoreProtocol,
  sharedProtocol,
} from '@gantry/metrics'
import type { WorkProgress } from '../work-progress.ts'
import { chooseCounts } from './choose-counts.ts'
import { chooseExtractor, type ExtractorFlags } from './choose-extractor.ts'
import { extractGenerated } from './extract-sides.ts'
import { openSides, type Sides, type SidesFlags } from './open-sides.ts'
import { type Range, readPoints } from './read-samples.ts'
import { logitsFit, mixtureOf, prepareReal } from './real-side.ts'

export interface EvaluationPlan extends ExtractorFlags, SidesFlags {
  readonly target: string
  readonly metrics?: readonly string[]
  readonly count: number
  readonly resamples?: number
  /** Classes and neighbours are wanted, for which the metrics alone may not need the features. */
  readonly forReport: boolean
  /** Told what all scores will share before anything is computed; may throw. */
  readonly onProtocol: (shared: Omit<ScoreProtocol, 'metric' | 'convention'>) => void
}

export interface EvaluatedTarget {
  readonly sides: Sides
  readonly evaluation: Evaluation
  readonly real: EvaluatedSamples
  readonly generated: EvaluatedSamples
  readonly protocol: Omit<ScoreProtocol, 'metric' | 'convention'>
  /** The real side's features or statistics were computed before. */
  readonly cached: boolean
  readonly classes?: readonly ClassRow[]
}

/** Opens both sides, computes features and scores. The sides are closed, what they hold in memory stays. */
export async function evaluateTarget(
  plan: EvaluationPlan,
  progress: WorkProgress,
  signal: AbortSignal,
): Promise<EvaluatedTarget> {
  // A misspelt name is told before anything is opened.
  checkMetrics(plan.metrics ?? [], { 'real features': true, logits: true, images: true, modes: true })
  const sides = await openSides(plan.target, plan, { signal, onProgress: progress.reportOpening })
  let extractor: FeatureExtractor | undefined
  try {
    if (sides.generated.kind === 'image') extractor = await chooseExtractor(sides.generated.shape, plan)
    return await evaluateSides(sides, extractor, plan, progress, signal)
  } finally {
    await extractor?.dispose()
    await sides.dispose()
  }
}

async function evaluateSides(
  sides: Sides,
  extractor: FeatureExtractor | undefined,
  plan: EvaluationPlan,
  progress: WorkProgress,
  signal: AbortSignal,
): Promise<EvaluatedTarget> {
  const withLogits = logitsFit(extractor, sides.real)
  const mixture = mixtureOf(sides.real)
  const hasSamples = 'samples' in sides.real
  const available: Available = {
    'real features': hasSamples,
    logits: withLogits,
    images: sides.generated.kind === 'image',
    modes: withLogits || mixture !== undefined,
  }
  const metrics = plan.metrics ?? defaultMetrics(available)
  checkMetrics(metrics, available)
  const counts = chooseCounts(sides, plan.count)
  if (counts.note !== undefined) progress.say(counts.note)

  const work = { progress: progress.report, signal }
  const prepared = await prepareReal(sides.real, extractor, {
    ...work,
    from: 0,
    count: counts.real,
    what: 'real samples',
  })
  const request = { extractor: extractor ?? coordinates, realName: prepared.name, seed: plan.seed }
  const protocol = sharedProtocol({ ...request, real: { count: counts.real }, generated: { count: counts.generated } })
  plan.onProtocol(protocol)

  const withFeatures = plan.forReport || !metrics.every((metric) => statisticsSuffice.has(metric))
  const { real, cached } = await prepared.evaluate(withFeatures)
  const range: Range = { ...work, from: counts.generatedFrom, count: counts.generated, what: 'generated samples' }
  const generated: EvaluatedSamples =
    extractor === undefined
      ? { count: range.count, features: (await readPoints(sides.generated, range)).features }
      : await extractGenerated(sides.generated, extractor, range, withLogits)
  const evaluation = await evaluate({
    ...request,
    ...work,
    metrics,
    real,
    generated,
    ...(mixture && { mixture }),
    ...(plan.resamples !== undefined && { resamples: plan.resamples }),
  })
  const classes = plan.forReport && hasSamples ? await compareClasses(sides, real, generated, work) : undefined
  return { sides, evaluation, real, generated, protocol, cached, ...(classes && { classes }) }
}

/** Metrics that take no features of single real samples. */
const statisticsSuffice = new Set(['fid', 'is', 'ms-ssim', 'modes'])

/** By the labels of both sides, or by those that the classifier reads off the generated samples. */
async function compareClasses(
  { real: side, generated: other }: Sides,
  real: EvaluatedSamples,
  generated: EvaluatedSamples,
  work: Pick<Range, 'progress' | 'signal'>,
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

import { ConfigurationError, DataError, suggestion } from '@gantry/core'
import { checkSameWidth } from '../features.ts'
import type { Score, ScoreProtocol } from '../score.ts'
import { metricsVersion } from '../version.ts'
import { frechet, frechetInfinity, inception, kernel, precisionAndRecall } from './distribution-metrics.ts'
import type { EvaluatedSamples, EvaluationRequest, MetricOutcome } from './evaluated-samples.ts'
import { modes, nearest, similarity, wasserstein } from './sample-metrics.ts'

/** What a metric cannot do without. */
type Need = 'real features' | 'logits' | 'images' | 'modes'

interface MetricDefinition {
  readonly needs: readonly Need[]
  readonly compute: (request: EvaluationRequest) => Promise<MetricOutcome>
}

const definitions: Readonly<Record<string, MetricDefinition>> = {
  fid: { needs: [], compute: frechet },
  'fid-infinity': { needs: ['real features'], compute: frechetInfinity },
  is: { needs: ['logits'], compute: inception },
  kid: { needs: ['real features'], compute: kernel },
  prdc: { needs: ['real features'], compute: precisionAndRecall },
  'ms-ssim': { needs: ['images'], compute: similarity },
  swd: { needs: ['real features'], compute: wasserstein },
  nearest: { needs: ['real features'], compute: nearest },
  modes: { needs: ['modes'], compute: modes },
}

/** The metrics that {@link evaluate} takes; some give several scores. */
export const metricNames: readonly string[] = Object.keys(definitions)

const reasons: Readonly<Record<Need, readonly [what: string, fix: string]>> = {
  'real features': ['the real samples, but there are only their statistics', 'Give the data set itself.'],
  logits: ['class logits, which this extractor does not give', 'Use a classifier: classifier-mnist or inception-fid.'],
  images: ['images, but these samples are points', 'Leave it out.'],
  modes: ['a classifier, or points of a known mixture', 'Leave it out, or use classifier-mnist, ring8 or grid25.'],
}

/** What an evaluation will have, known before anything is computed. */
export type Available = Readonly<Record<Need, boolean>>

/**
 * Refuses metrics that cannot be computed, before hours are spent on the others.
 *
 * @throws ConfigurationError `METRIC_UNKNOWN`, `METRIC_UNAVAILABLE`
 */
export function checkMetrics(metrics: readonly string[], available: Available): void {
  for (const metric of metrics) {
    const definition = Object.hasOwn(definitions, metric) ? definitions[metric] : undefined
    if (definition === undefined) {
      throw new ConfigurationError({
        code: 'METRIC_UNKNOWN',
        message: `There is no metric '${metric}'.`,
        fix: suggestion(metric, metricNames),
      })
    }
    const lacking = definition.needs.find((need) => !available[need])
    if (lacking === undefined) continue
    const [what, fix] = reasons[lacking]
    throw new ConfigurationError({
      code: 'METRIC_UNAVAILABLE',
      message: `The metric '${metric}' needs ${what}.`,
      fix,
    })
  }
}

/** Metrics that say most of what can be said, of those that can be computed. */
export function defaultMetrics(available: Available): readonly string[] {
  const wanted = available.images ? ['fid', 'is', 'kid', 'prdc'] : ['fid', 'swd', 'modes']
  return wanted.filter((metric) => definitions[metric]!.needs.every((need) => available[need]))
}

export interface Evaluation {
  readonly scores: readonly Score[]
  /** What a reader of the scores must know, such as the bias of few samples. */
  readonly warnings: readonly string[]
}

/** What all scores of an evaluation share. */
export function sharedProtocol(
  request: Pick<EvaluationRequest, 'extractor' | 'realName' | 'seed'> & {
    readonly real: Pick<EvaluatedSamples, 'count'>
    readonly generated: Pick<EvaluatedSamples, 'count'>
  },
): Omit<ScoreProtocol, 'metric' | 'convention'> {
  return {
    ...request.extractor.protocol,
    realCount: request.real.count,
    generatedCount: request.generated.count,
    real: request.realName,
    seed: request.seed,
    version: metricsVersion,
  }
}

/**
 * Scores of generated samples against real ones: features of both sides become numbers, each with its protocol and, where
 * resampling makes sense, a 95% interval.
 *
 * @throws ConfigurationError `METRIC_UNKNOWN`, `METRIC_UNAVAILABLE`; ShapeError `FEATURE_WIDTHS_DIFFER`; DataError
 * `SAMPLES_TOO_FEW`; and what the metrics throw
 *
 * @example
 * ```ts
 * const { scores, warnings } = await evaluate({
 *   real: { count: real.rows, features: real },
 *   generated: { count: generated.rows, features: generated },
 *   metrics: ['fid', 'kid', 'prdc'],
 *   extractor,
 *   realName: 'mnist/train',
 *   seed: 0,
 * })
 * ```
 */
export async function evaluate(request: EvaluationRequest): Promise<Evaluation> {
  const { real, generated, metrics } = request
  checkMetrics(metrics, {
    'real features': real.features !== undefined,
    logits: generated.logits !== undefined,
    images: generated.images !== undefined,
    modes: generated.logits !== undefined || request.mixture !== undefined,
  })
  for (const [which, { count, features, statistics }] of Object.entries({ real, generated })) {
    // Statistics of other tools do not say how many samples they are of.
    if (count >= 2 || (features === undefined && statistics !== undefined)) continue
    throw new DataError({
      code: 'SAMPLES_TOO_FEW',
      message: `Scores need 2 samples or more on either side but there ${count === 1 ? 'is 1' : `are ${count}`} (${which}).`,
      fix: 'Draw more, or read a larger folder.',
    })
  }
  if (real.features && generated.features) checkSameWidth(real.features, generated.features)
  const shared = sharedProtocol(request)
  const scores: Score[] = []
  const warnings = new Set<string>()
  for (const metric of new Set(metrics)) {
    request.signal?.throwIfAborted()
    const outcome = await definitions[metric]!.compute(request)
    for (const { convention, counts, ...value } of outcome.values) {
      if (!Number.isFinite(value.value)) {
        // JSON has no such number, and nothing can be compared with it.
        warnings.add(`'${value.name}' is ${value.value} and left out: these samples do not determine it.`)
        continue
      }
      scores.push({ ...value, protocol: { ...shared, ...counts, metric, convention } })
    }
    for (const warning of outcome.warnings) warnings.add(warning)
  }
  return { scores, warnings: [...warnings] }
}

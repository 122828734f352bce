import { DataError } from '@gantry/core'
import { checkSameWidth } from '../features.ts'
import type { Score, ScoreProtocol } from '../score.ts'
import { metricsVersion } from '../version.ts'
import { baselineScores } from './baseline-scores.ts'
import { checkMetrics, findMetrics } from './choose-metrics.ts'
import { type EvaluatedSamples, type EvaluationRequest, offeredBy } from './evaluated-samples.ts'
import type { MetricDefinition } from './metric-definition.ts'
import { metrics as knownMetrics } from './metrics/registry.ts'

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
 * @param registry the metrics that are known; those of Gantry by default
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
export async function evaluate(
  request: EvaluationRequest,
  registry: readonly MetricDefinition[] = knownMetrics,
): Promise<Evaluation> {
  checkMetrics(request.metrics, offeredBy(request), registry)
  checkSides(request)
  const shared = sharedProtocol(request)
  const scores: Score[] = []
  const warnings = new Set<string>()
  for (const metric of findMetrics([...new Set(request.metrics)], registry)) {
    request.signal?.throwIfAborted()
    const outcome = await metric.compute(request)
    const others = await baselineScores(metric, request)
    for (const { convention, counts, extraction, ...value } of outcome.values) {
      if (!Number.isFinite(value.value)) {
        // JSON has no such number, and nothing can be compared with it.
        warnings.add(`'${value.name}' is ${value.value} and left out: these samples do not determine it.`)
        continue
      }
      const baselines = others.get(value.name)
      const protocol = { ...shared, ...extraction, ...counts, metric: metric.name, convention }
      scores.push({ ...value, ...(baselines && { baselines }), protocol })
    }
    for (const warning of outcome.warnings) warnings.add(warning)
  }
  return { scores, warnings: [...warnings] }
}

function checkSides({ real, generated }: EvaluationRequest): void {
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
}

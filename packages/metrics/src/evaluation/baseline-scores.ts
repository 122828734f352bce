import { type EvaluationRequest, offeredBy } from './evaluated-samples.ts'
import type { MetricDefinition } from './metric-definition.ts'

/**
 * The same numbers of what is no model: by the name of the score, and of the baseline. A number that is not finite, such as the
 * signal-to-noise ratio of equal images, is left out.
 */
export async function baselineScores(
  metric: MetricDefinition,
  request: EvaluationRequest,
): Promise<ReadonlyMap<string, Readonly<Record<string, number>>>> {
  const scores = new Map<string, Record<string, number>>()
  if (!metric.ofBaselines) return scores
  for (const [baseline, samples] of Object.entries(request.baselines ?? {})) {
    const own = { ...request, generated: samples, resamples: 0 }
    const offered = offeredBy(own)
    if (!metric.needs.every((need) => offered.includes(need))) continue
    const { values } = await metric.compute(own)
    for (const { name, value } of values) {
      if (Number.isFinite(value)) scores.set(name, { ...scores.get(name), [baseline]: value })
    }
  }
  return scores
}

import type { EvaluationRequest } from './evaluated-samples.ts'
import type { IntervalOptions } from './intervals.ts'

/** Resampled for every metric where nothing else is asked for. */
export const RESAMPLES = 200

/** How a metric computes its intervals. */
export function intervalOptions(
  { seed, resamples = RESAMPLES, progress, signal }: EvaluationRequest,
  wanted = resamples,
): IntervalOptions {
  return {
    seed,
    resamples: wanted,
    signal,
    progress: progress && ((done, total) => progress(done, total, 'intervals')),
  }
}

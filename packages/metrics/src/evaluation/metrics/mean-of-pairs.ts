import { rowsOf } from '@gantry/core'
import type { ImageBatch } from '../../features.ts'
import { reporter } from '../../work.ts'
import type { EvaluationRequest, MetricOutcome, MetricValue } from '../evaluated-samples.ts'
import { intervalOptions } from '../interval-options.ts'
import { meanInterval } from '../intervals.ts'

/** Pixels that are compared at a time: enough for an engine to be busy, few enough to report between. */
const PIXELS = 2 ** 20

type Described = Pick<MetricValue, 'name' | 'better' | 'convention'> & Partial<Pick<MetricValue, 'extraction'>>

/**
 * The mean over generated images of what each has in common with the real one at its place, with the interval over the images.
 *
 * @param measure one number a pair, of two batches of one length
 */
export async function meanOfPairs(
  request: EvaluationRequest,
  described: Described,
  measure: (generated: ImageBatch, real: ImageBatch) => ArrayLike<number> | Promise<ArrayLike<number>>,
): Promise<MetricOutcome> {
  const [real, generated] = [request.real.images!, request.generated.images!]
  const pairs = Math.min(real.shape[0]!, generated.shape[0]!)
  const [, height = 1, width = 1] = generated.shape
  const size = Math.max(1, Math.min(64, Math.floor(PIXELS / (height * width))))
  const values = new Float64Array(pairs)
  const report = reporter(request, pairs, `${described.name} of pairs`)
  for (let from = 0; from < pairs; from += size) {
    const count = Math.min(size, pairs - from)
    values.set(await measure(rowsOf(generated, from, count), rowsOf(real, from, count)), from)
    await report(from + count)
  }
  const counts = { realCount: pairs, generatedCount: pairs }
  return { values: [await meanWithInterval(values, { ...described, counts }, request)], warnings: [] }
}

/** A mean, with its interval where one can be had. */
export async function meanWithInterval(
  values: ArrayLike<number>,
  described: Omit<MetricValue, 'value' | 'interval'>,
  request: EvaluationRequest,
): Promise<MetricValue> {
  const value = Array.from(values).reduce((sum, each) => sum + each, 0) / values.length
  const options = intervalOptions(request)
  const interval = options.resamples > 0 && Number.isFinite(value) ? await meanInterval(values, options) : undefined
  return { ...described, value, ...(interval && { interval }) }
}

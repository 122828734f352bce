import { frechetDistance } from '../../metrics/frechet-distance.ts'
import { gaussianStatistics } from '../../statistics/gaussian-accumulator.ts'
import type { GaussianStatistics } from '../../statistics/gaussian-statistics.ts'
import type { EvaluatedSamples, EvaluationRequest } from '../evaluated-samples.ts'
import { intervalOptions, RESAMPLES } from '../interval-options.ts'
import { frechetInterval } from '../intervals.ts'
import type { MetricDefinition } from '../metric-definition.ts'

/** Features above which a resample of the Fréchet distance takes seconds. */
const WIDEST_RESAMPLED = 512

export const fid: MetricDefinition = {
  name: 'fid',
  description: 'Fréchet distance between the features of both sides',
  needs: ['features'],
  ofBaselines: true,
  async compute(request) {
    const { real, generated, extractor, resamples } = request
    const realStatistics = await statisticsOf(real, request)
    const { value, warnings } = await frechetDistance(realStatistics, await statisticsOf(generated, request), request)
    const { features } = generated
    const wanted = resamples ?? (realStatistics.mean.length <= WIDEST_RESAMPLED ? RESAMPLES : 0)
    const interval =
      features && wanted > 0 && features.rows > 1
        ? await frechetInterval(value, realStatistics, features, intervalOptions(request, wanted))
        : undefined
    return {
      values: [
        {
          name: extractor.frechetName,
          value,
          better: 'lower',
          convention: 'Gaussian, n − 1',
          ...(interval && { interval }),
        },
      ],
      warnings,
    }
  },
}

async function statisticsOf(
  { statistics, features }: EvaluatedSamples,
  { products, progress, signal }: EvaluationRequest,
): Promise<GaussianStatistics> {
  const options = { progress, signal, ...(products?.dtype === 'float64' && { products }) }
  return statistics ?? gaussianStatistics(features!, options)
}
